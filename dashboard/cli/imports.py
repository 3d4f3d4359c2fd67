"""The command that takes a file in: any table, a filled workbook, or a snapshot."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from dashboard.cli.base import N_, Desk, a_plan, command, option
from dashboard.cli.files import PLAN, WHO
from dashboard.i18n import _, number

if TYPE_CHECKING:
    import pandas as pd

    from dashboard.exchange.reading.faults import Fault
    from dashboard.services.imports import Looked

SHOWN: Final = 50
"""Faults of one severity that are told in words; `--json` tells all."""


@command(
    "import",
    help=N_(
        "Take in a table of figures, and send it to review.\n\n"
        "The file may be XLSX, XLS, ODS, CSV in any encoding, JSON, a filled workbook of this "
        "dashboard, or a snapshot. Columns are known by their headers in six languages, years may "
        "stand across. Errors keep a file out; --partly sends the rows without errors. Warnings "
        "have to be confirmed with --confirm. The same file sent twice changes nothing.\n\n"
        "Into a database with nothing in it, a snapshot restores the record that it was taken "
        "from: the same snapshot can be taken again.\n\n"
        "--json writes: form, mapping (sheet, column, header, role), counts, rows (what would be "
        "stored: outcome new or revision, indicator, area, cell, period, value as exact text, "
        "qualifier, status, source … and where: sheet, cell, row), others (readings that would "
        "not), and faults (sheet, cell, row, class, severity, message, remedy).\n\n"
        "Ends with 0 when the file went in, or in a dry run could; with 1 when it did not."
    ),
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@PLAN
@WHO
@option("--sheet", "sheets", multiple=True, help=N_("Only this sheet; may be repeated."))
@option(
    "--mapping",
    "roles",
    multiple=True,
    help=N_("What a column is, such as --mapping 'Land=area'; may be repeated; '' passes it over."),
)
@option(
    "--decimal",
    type=click.Choice(("point", "comma")),
    help=N_("The sign before decimals, where a number can be read twice."),
)
@option("--area", help=N_("The area of all rows, where no column says it."))
@option("--indicator", help=N_("The indicator of all rows, where no column says it."))
@option("--period", help=N_("The period of all rows, where no column says it."))
@option("--source", help=N_("The source of all rows, where no column says it."))
@option(
    "--population",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=N_("A table of area, year and population, where counts are to become rates."),
)
@option("--confirm", is_flag=True, help=N_("Confirm every warning."))
@option("--partly", is_flag=True, help=N_("Leave out the rows with errors and send the others."))
@option("--restore", is_flag=True, help=N_("Restore a whole record from a snapshot, or refuse."))
@option("--dry-run", is_flag=True, help=N_("Check everything and change nothing."))
@option("--json", "as_json", is_flag=True, help=N_("Write JSON."))
def take_in(  # noqa: PLR0917 - one for each option
    file: Path,
    plan: str | None,
    email: str | None,
    sheets: tuple[str, ...],
    roles: tuple[str, ...],
    decimal: str | None,
    area: str | None,
    indicator: str | None,
    period: str | None,
    source: str | None,
    population: Path | None,
    confirm: bool,
    partly: bool,
    restore: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Take a file in."""
    from dashboard.cli import restoring
    from dashboard.exchange.reading.faults import Severity
    from dashboard.services import imports, intake
    from dashboard.services.imports_rows import Options
    from models import BadInput, NotAllowed

    desk = Desk()
    data = file.read_bytes()
    if restoring.is_meant(desk, data, is_asked=restore):
        restoring.restore(desk, data, file.name, dry_run=dry_run, as_json=as_json)
        return
    code = a_plan(desk, plan)
    if intake.is_snapshot(data):
        _snapshot(desk, data, code, file.name, email, dry_run=dry_run, as_json=as_json)
        return
    given = {"area": area, "indicator": indicator, "period": period, "source": source}
    options = Options(
        mapping=dict(_pairs(roles)),
        decimal={"point": ".", "comma": ","}.get(decimal or "", ""),
        fixed={name: text for name, text in given.items() if text},
        sheets=sheets,
    )
    who = desk.who(email)
    looked = imports.looking(
        desk.record,
        who,
        data,
        plan=code,
        name=file.name,
        options=options,
        population=population.read_bytes() if population else b"",
        now=desk.now(),
    )
    recorded, batch, is_refused = 0, "", False
    if not dry_run:
        try:
            taken = imports.take(
                desk.record, who, looked, is_confirmed=confirm, partly=partly, now=desk.now()
            )
            recorded, batch = taken.recorded, taken.batch
        except (BadInput, NotAllowed):
            is_refused = True
    _tell(looked, dry_run=dry_run, recorded=recorded, batch=batch, as_json=as_json)
    has_errors = bool(looked.of(Severity.ERROR))
    raise click.exceptions.Exit(int(is_refused or (has_errors and not (partly and recorded))))


def _pairs(roles: Sequence[str]) -> list[tuple[str, str]]:
    found = []
    for told in roles:
        header, sign, role = told.rpartition("=")
        if not sign:
            raise click.UsageError(_("A mapping is written HEADER=ROLE: {text}").format(text=told))
        found.append((header, role.strip()))
    return found


def _tell(looked: "Looked", *, dry_run: bool, recorded: int, batch: str, as_json: bool) -> None:
    from dashboard.exchange.reading.faults import Severity

    if as_json:
        told = plain(looked)
        told |= {"is_dry_run": dry_run, "recorded": recorded, "batch": batch or None}
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
        return
    for severity in Severity:
        _say(looked.of(severity))
    rows = number(len(looked.outcome))
    if dry_run:
        words = _("{n} of {rows} rows would be sent to review.")
        click.echo(words.format(n=number(looked.sendable), rows=rows))
    elif recorded or not looked.faults:
        words = _("{n} of {rows} rows were sent to review; the others were there already.")
        click.echo(words.format(n=number(recorded), rows=rows))
        if batch:
            click.echo(_("Batch {id}").format(id=batch))
    else:
        words = _("Nothing was changed: {errors} errors to mend, {warnings} warnings to confirm.")
        said = words.format(
            errors=number(len(looked.of(Severity.ERROR))),
            warnings=number(len(looked.of(Severity.WARNING))),
        )
        click.echo(said, err=True)


def _say(faults: "Sequence[Fault]") -> None:
    for fault in faults[:SHOWN]:
        place = " ".join(part for part in (fault.sheet, fault.cell) if part)
        lead = f"{place}: " if place else ""
        said = _(fault.severity)
        click.echo(f"  - {said}: {lead}{fault.message} {fault.remedy}", err=True)
    if len(faults) > SHOWN:
        more = _("  … and {n} more; --json tells all.").format(n=number(len(faults) - SHOWN))
        click.echo(more, err=True)


def plain(looked: "Looked") -> dict[str, Any]:
    """Return all that is to be told of a file, as JSON."""
    from dashboard.services import imports

    table = imports.table(looked)
    stored = table["outcome"].isin(["new", "revision"])
    return {
        "file": looked.name,
        "form": looked.form,
        "plan": looked.plan,
        "ready_mapping": looked.ready or None,
        "mapping": [
            {
                "sheet": sheet,
                "header": column.header,
                "role": column.role or None,
                "how": column.how,
            }
            for sheet, laid in looked.layouts.items()
            for column in laid.columns
            if column.header
        ],
        "counts": looked.counts,
        "rows": _rows(table[stored]),
        "others": _rows(table[~stored]),
        "faults": [fault.plain() for fault in looked.faults],
    }


def _rows(table: "pd.DataFrame") -> list[dict[str, Any]]:
    from dashboard.exchange.reading.sheets import address
    from dashboard.exchange.table import records

    found = []
    for row in records(table):
        sheet, line, column = row.pop("sheet"), row.pop("row"), row.pop("column")
        cell = address(line, column) if column > 0 else ""
        found.append({**row, "where": {"sheet": sheet, "cell": cell, "row": line}})
    return found


def _snapshot(
    desk: Desk,
    data: bytes,
    plan: str,
    name: str,
    email: str | None,
    *,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Take the figures of a snapshot in: all of them, or none and every fault."""
    from dashboard.services import intake
    from models import BadInput

    told: dict[str, Any] = {"file": name, "plan": plan, "is_dry_run": dry_run}
    who = desk.who(email)
    try:
        taken = intake.take(
            desk.record, who, data, plan=plan, name=name, is_dry_run=dry_run, now=desk.now()
        )
    except BadInput as error:
        faults = [{"where": one.where, "message": one.message} for one in error.faults]
        if as_json:
            told |= {"recorded": 0, "faults": faults}
            click.echo(json.dumps(told, ensure_ascii=False, indent=1))
        else:
            for fault in error.faults:
                click.echo(f"  - {fault}", err=True)
            click.echo(_("Nothing was changed: {n} to mend.").format(n=len(faults)), err=True)
        raise click.exceptions.Exit(1) from None
    if as_json:
        told |= {"recorded": len(taken.refs), "faults": []}
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
        return
    words = _("{n} of {rows} rows were sent to review; the others were there already.")
    if dry_run:
        words = _("{n} of {rows} rows would be sent to review.")
    click.echo(words.format(n=number(len(taken.refs)), rows=number(taken.rows)))
