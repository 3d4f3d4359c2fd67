"""The command that writes the briefing note on a country, region or group."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dashboard.cli.base import N_, Desk, a_plan, command, keep, option
from dashboard.cli.files import AS_OF, OUT, PLAN
from dashboard.i18n import _

if TYPE_CHECKING:
    from sqlmodel import Session

    from dashboard.services.briefs import Note


@command(
    help=N_(
        "Write the briefing note on a country, region or group: one or two pages.\n\n"
        "AREA is a code: KEN, M49-002 for Africa, M49-001 for the world, EAC. PDF, unless --html "
        "is said or the file's name ends in .html."
    )
)
@click.argument("area")
@PLAN
@option("--pdf/--html", "paper", default=None, help=N_("Which form; PDF where none is said."))
@AS_OF
@option("--method", default="linear", help=N_("Assess by another method, such as cagr:eurostat."))
@OUT
def brief(  # noqa: PLR0917 - one for each option
    area: str,
    plan: str | None,
    paper: bool | None,
    as_of: datetime | None,
    method: str,
    output: Path | None,
) -> None:
    """Write a briefing note."""
    from dashboard.services import briefs, texts, views

    desk = Desk()
    code, now = a_plan(desk, plan), desk.now()
    named = output is not None and output.suffix.lower() in {".html", ".htm"}
    form: briefs.Form = "html" if paper is False or (paper is None and named) else "pdf"

    def read(session: "Session") -> "Note":
        found = views.picture(session, code, as_of=as_of, today=now)
        return briefs.note(
            session,
            briefs.by_method(found, method),
            area.upper(),
            words=texts.load(session, code),
            publisher=desk.settings.agency,
            address=desk.settings.base_url,
            now=now,
        )

    made = desk.read(read)
    keep(briefs.write(made, form, home=desk.settings.home), output)
    if output is not None:
        click.echo(_("Briefing note on {area} in {path}").format(area=made.title, path=output))
