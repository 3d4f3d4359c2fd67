"""Commands for files: import, export, snapshot, verify."""

import json
from contextlib import nullcontext
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dashboard.cli.base import N_, Bar, Desk, Moment, a_plan, command, group, keep, keep_all, option
from dashboard.i18n import _, instant, number

if TYPE_CHECKING:
    from sqlmodel import Session

PLAN = option("--plan", help=N_("Code of the plan; the first one where none is named."))
AS_OF = option("--as-of", type=Moment(), help=N_("As known at a day (its end, in UTC) or moment."))
OUT = option(
    "-o", "--output", type=click.Path(path_type=Path), help=N_("File to write; else the output.")
)
WHO = option("--as", "email", help=N_("Address of the person who does it; else the installation."))


FORMS = (
    *("csv", "excel", "xlsx", "json", "parquet"),
    *("sdmx-csv", "sdmx-ml-2.1", "sdmx-ml-3.0", "sdmx-json", "iati"),
)
"""Forms in which a part of a plan is written, as the download centre has them."""


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
    type=click.Choice(FORMS),
    default="csv",
    show_default=True,
    help=N_("How to write it."),
)
@AS_OF
@option("--area", "areas", multiple=True, help=N_("Only this area or group; may be repeated."))
@option("--group", "groups", multiple=True, help=N_("Only its members; may be repeated."))
@option("--indicator", "indicators", multiple=True, help=N_("Only this one; may be repeated."))
@option("--by", multiple=True, help=N_("Only totals and this breakdown, or none; may be repeated."))
@option("--year", type=int, help=N_("Only this year."))
@option("--from", "first", type=int, help=N_("From this year on."))
@option("--to", "last", type=int, help=N_("Up to this year."))
@option("--history", "with_history", is_flag=True, help=N_("With what was replaced or withdrawn."))
@OUT
def give_out(plan: str | None, form: str, output: Path | None, **said: Any) -> None:
    """Write a table."""
    from dashboard.services import downloads

    desk = Desk()
    year = said.pop("year")
    first, last = said.pop("first") or year, said.pop("last") or year
    choice = downloads.Choice(
        a_plan(desk, plan), years=downloads.span(str(first or ""), str(last or "")), **said
    )
    downloads.check(choice, form, now=desk.now())
    rows = 0

    def heard(more: int) -> None:
        nonlocal rows
        rows += more
        tell(rows, whole)

    def write(session: "Session") -> int:
        parts = downloads.stream(
            session, form, choice, publisher=desk.settings.agency, now=desk.now(), heard=heard
        )
        return keep_all(parts, output)

    whole = (
        0 if output is None else desk.read(partial(downloads.count, choice=choice, now=desk.now()))
    )
    with Bar(_("Writing")) if whole > MANY else nullcontext(_unheard) as tell:
        size = desk.read(write)
    if output is not None:
        click.echo(
            _("{rows} rows ({n} bytes) in {path}").format(
                rows=number(rows), n=number(size), path=output
            )
        )


MANY = 50_000
"""Rows from which on a bar says how far it is."""


def _unheard(_done: int, _whole: int) -> None:
    """Say nothing: it is done before anybody could read it."""


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
