"""Commands for files: import, export, snapshot, verify."""

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dashboard.cli.base import N_, Desk, Moment, a_plan, command, group, keep, keep_all, option
from dashboard.i18n import _, instant, number

if TYPE_CHECKING:
    from sqlmodel import Session

PLAN = option("--plan", help=N_("Code of the plan; the first one where none is named."))
AS_OF = option("--as-of", type=Moment(), help=N_("As known at a day (its end, in UTC) or moment."))
OUT = option(
    "-o", "--output", type=click.Path(path_type=Path), help=N_("File to write; else the output.")
)
WHO = option("--as", "email", help=N_("Address of the person who does it; else the installation."))


STANDARDS = ("sdmx-csv", "sdmx-ml-2.1", "sdmx-ml-3.0", "sdmx-json", "iati")
"""Standards in which observations are written as a stream."""


@command("export", help=N_("Write observations, progress or aggregates to a file."))
@click.argument(
    "what",
    type=click.Choice(("observations", "progress", "aggregates")),
    default="observations",
)
@PLAN
@option(
    "--format",
    "form",
    type=click.Choice(("csv", "excel", "json", *STANDARDS)),
    default="csv",
    show_default=True,
    help=N_("How to write it."),
)
@AS_OF
@option("--area", "areas", multiple=True, help=N_("Only this area or group; may be repeated."))
@option("--indicator", "indicators", multiple=True, help=N_("Only this one; may be repeated."))
@option("--year", type=int, help=N_("Only this year."))
@OUT
def give_out(  # noqa: PLR0917 - one for each option
    what: str,
    plan: str | None,
    form: str,
    as_of: datetime | None,
    areas: tuple[str, ...],
    indicators: tuple[str, ...],
    year: int | None,
    output: Path | None,
) -> None:
    """Write a table."""
    from dashboard.exchange import FORMATS
    from dashboard.services import tables

    desk = Desk()
    code = a_plan(desk, plan)
    if form in STANDARDS:
        if what != "observations":
            raise click.UsageError(_("Only observations are written in this standard."))
        _stream(
            desk, form, code, output, as_of=as_of, areas=areas, indicators=indicators, year=year
        )
        return
    asked = tables.Asked(plan=code, as_of=as_of, areas=areas, indicators=indicators, year=year)
    table, meta = desk.read(
        lambda session: tables.table(
            session, what, asked, publisher=desk.settings.agency, now=desk.now()
        )
    )
    keep(FORMATS[form].write(table, meta), output)
    if output is not None:
        click.echo(_("{rows} rows in {path}").format(rows=number(len(table)), path=output))


def _stream(
    desk: Desk,
    form: str,
    plan: str,
    output: Path | None,
    *,
    as_of: datetime | None,
    areas: tuple[str, ...],
    indicators: tuple[str, ...],
    year: int | None,
) -> None:
    """Write observations in a standard, as they are read."""
    from dashboard.services import lookup, standards

    def write(session: "Session") -> int:
        asked = standards.Asked(
            plan,
            as_of=as_of,
            areas=tuple(lookup.area(session, one).code for one in areas),
            indicators=indicators,
            years=None if year is None else (year, year),
        )
        parts = standards.stream(
            session, form, asked, publisher=desk.settings.agency, now=desk.now()
        )
        return keep_all(parts, output)

    size = desk.read(write)
    if output is not None:
        click.echo(_("{n} bytes in {path}").format(n=number(size), path=output))


@group(help=N_("Take snapshots of a plan, list them, get their files."))
def snapshot() -> None:
    """Snapshots."""


@snapshot.command(help=N_("Freeze a plan as known at a moment."))
@PLAN
@option("--name", required=True, help=N_("What it is to be called, such as its occasion."))
@AS_OF
@WHO
@OUT
def take(
    plan: str | None, name: str, as_of: datetime | None, email: str | None, output: Path | None
) -> None:
    """Take a snapshot."""
    from dashboard.services import signing, snapshots

    desk = Desk()
    code, who = a_plan(desk, plan), desk.who(email)
    now, sign = desk.now(), signing.sign(desk.settings)
    # Sealed while others can write, kept in an instant.
    ready = desk.read(
        lambda session: snapshots.seal(
            session,
            who,
            code,
            name=name,
            as_of=as_of,
            publisher=desk.settings.agency,
            sign=sign,
            now=now,
        )
    )
    taken = desk.write(lambda session: snapshots.keep(session, who, ready, now=now))
    if output is not None:
        keep(desk.read(lambda session: snapshots.content(session, taken.id)), output)
    click.echo(
        _("{name}: {n} observations as of {moment}").format(
            name=taken.name, n=number(taken.observations), moment=instant(taken.as_of)
        )
    )
    click.echo(f"sha256:{taken.id}")


@snapshot.command("list", help=N_("List the snapshots, the newest moment first."))
@option("--plan", help=N_("Only those of this plan."))
@option("--json", "as_json", is_flag=True, help=N_("Write JSON."))
def every(plan: str | None, as_json: bool) -> None:
    """List snapshots."""
    from dashboard.services import snapshots

    desk = Desk()
    code = None if plan is None else a_plan(desk, plan)
    found = desk.read(lambda session: snapshots.listing(session, code))
    if as_json:
        told = [
            {
                "id": one.id,
                "plan": one.plan_code,
                "name": one.name,
                "as_of": one.as_of.isoformat(),
                "file_name": one.file_name,
                "bytes": one.size,
                "sha256": one.digest,
                "is_illustrative": one.is_illustrative,
            }
            for one in found
        ]
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
        return
    for one in found:
        mark = f" ({_('illustrative')})" if one.is_illustrative else ""
        click.echo(f"{one.id[:12]}  {one.plan_code:8} {instant(one.as_of)}  {one.name}{mark}")


@snapshot.command(help=N_("Write the file of a snapshot, by its identity or the start of it."))
@click.argument("identity")
@OUT
def get(identity: str, output: Path | None) -> None:
    """Get the file of a snapshot."""
    from dashboard.services import snapshots

    desk = Desk()
    content = desk.read(lambda session: snapshots.content(session, identity))
    keep(content, output)


@snapshot.command(
    help=N_("Write a snapshot again from the record and compare it with the kept one.")
)
@click.argument("identity")
def rebuild(identity: str) -> None:
    """Rebuild a snapshot."""
    from dashboard.services import snapshots

    desk = Desk()
    again = desk.read(lambda session: snapshots.rebuild(session, identity))
    if again.is_same:
        click.echo(_("The record gives the same file, byte for byte."))
        return
    click.echo(
        _("The record gives another file now; these differ: {files}").format(
            files=", ".join(again.differing) or "–"
        )
    )
    raise click.exceptions.Exit(1)


@command(
    help=N_(
        "Check a snapshot, or with --ledger the audit trail of this record.\n\n"
        "Ends with 0 when all is well, 1 when something was altered, 2 when the file is no "
        "snapshot. Needs no record to check a file."
    )
)
@click.argument(
    "file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@option("--key", "key", default="", help=N_("The minisign key that must have signed it."))
@option("--ledger", is_flag=True, help=N_("Check every chain of the audit trail."))
@option("--json", "as_json", is_flag=True, help=N_("Write JSON."))
def verify(file: Path | None, key: str, ledger: bool, as_json: bool) -> None:
    """Check a snapshot or the ledger."""
    if (file is None) == (not ledger):
        raise click.UsageError(_("Name a snapshot's file, or say --ledger."))
    if file is not None:
        _verify_file(file, key, as_json)
    else:
        _verify_ledger(as_json)


def _verify_file(file: Path, key: str, as_json: bool) -> None:
    from dashboard.exchange import standalone
    from dashboard.exchange import verify as verifier

    report = verifier.verify(file.read_bytes(), standalone.key_of(key) if key else "")
    if as_json:
        told = {
            "is_sound": report.is_sound,
            "identity": report.identity,
            "line": report.line,
            "signed": report.signed,
            "problems": [
                {"check": one.check, "where": one.where, "found": one.found}
                for one in report.problems
            ],
        }
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
    else:
        for problem in report.problems:
            click.echo(f"  - {problem.check}: {problem}")
        click.echo(report.line)
    raise click.exceptions.Exit(report.code)


def _verify_ledger(as_json: bool) -> None:
    from dashboard.services import audit, ledger
    from models import SYSTEM

    desk = Desk()
    problems = desk.read(lambda session: audit.problems(session, SYSTEM))
    chains = len(desk.read(ledger.heads))
    if as_json:
        click.echo(json.dumps({"is_sound": not problems, "problems": problems}, indent=1))
    else:
        for problem in problems:
            click.echo(f"  - {problem}")
        click.echo(
            _("NOT VERIFIED: {n} breaks in the audit trail").format(n=len(problems))
            if problems
            else _("VERIFIED: {n} chains of the audit trail are whole").format(n=chains)
        )
    raise click.exceptions.Exit(1 if problems else 0)
