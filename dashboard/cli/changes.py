"""The command that tells what changed between two snapshots or moments."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from dashboard.cli.base import N_, Desk, a_plan, command, keep, option
from dashboard.i18n import _, instant, number, plural

if TYPE_CHECKING:
    from sqlmodel import Session

    from dashboard.services.differences import Differences


@command(
    "changes",
    help=N_(
        "Tell what changed between two snapshots or moments, and what each change is due to.\n\n"
        "START and END are the identity of a snapshot or the start of it, a day, a moment, or now."
    ),
)
@click.argument("start")
@click.argument("end", default="now")
@option("--plan", help=N_("Code of the plan; the first one where none is named."))
@option(
    "--table",
    "which",
    type=click.Choice(("counts", "aggregates", "statuses", "observations")),
    default="counts",
    show_default=True,
    help=N_("Which differences to write."),
)
@option(
    "--format",
    "form",
    type=click.Choice(("csv", "excel", "xlsx", "json")),
    default="csv",
    show_default=True,
    help=N_("How to write it."),
)
@option(
    "-o", "--output", type=click.Path(path_type=Path), help=N_("File to write; else the output.")
)
def changes(  # noqa: PLR0917 - one for each option
    start: str, end: str, plan: str | None, which: str, form: str, output: Path | None
) -> None:
    """Write what changed."""
    from dashboard.exchange import FORMATS
    from dashboard.exchange.about import Meta
    from dashboard.services import differences

    desk = Desk()
    code, now = a_plan(desk, plan), desk.now()

    def find(session: "Session") -> "Differences":
        ends = [differences.point(session, code, one, now=now) for one in (start, end)]
        return differences.between(session, code, *ends, now=now)

    found = desk.read(find)
    told = [
        plural("{n} figure differs", "{n} figures differ", len(found.observations)),
        plural("{n} verdict or share", "{n} verdicts or shares", len(found.statuses)),
        plural("{n} aggregate", "{n} aggregates", len(found.aggregates)),
    ]
    title = _("Changes from {start} to {end}").format(
        start=instant(found.start.as_of), end=instant(found.end.as_of)
    )
    click.echo(f"{title}: {', '.join(told)}", err=True)
    meta = Meta(
        title=title,
        source=f"{found.end.title}, {desk.settings.agency}",
        as_of=found.end.as_of,
        is_illustrative=found.start.is_illustrative or found.end.is_illustrative,
    )
    table = getattr(found, which)
    keep(FORMATS[form].write(table, meta), output)
    if output is not None:
        click.echo(_("{rows} rows in {path}").format(rows=number(len(table)), path=output))
