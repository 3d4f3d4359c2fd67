"""Commands that make a record and serve it: init, demo, upgrade, run."""

import sys
from collections.abc import Iterable
from typing import Any

import click

from dashboard.cli.base import N_, Bar, Desk, command, option
from dashboard.i18n import _


@command(
    help=N_(
        "Make an empty record: plans, areas, known facts, and the first administrator.\n\n"
        "Run again it brings plans and areas up to date and changes nothing else."
    )
)
@option("--email", help=N_("Address of the first administrator; asked for where it is missing."))
@option("--name", help=N_("Name of the first administrator; asked for where it is missing."))
@option("--password", help=N_("Their password; asked for, unseen, where it is missing."))
@option("--no-administrator", is_flag=True, help=N_("Add nobody now."))
@option("--no-facts", is_flag=True, help=N_("Leave out the known facts, such as treaty status."))
def init(
    email: str | None,
    name: str | None,
    password: str | None,
    no_administrator: bool,
    no_facts: bool,
) -> None:
    """Make an empty record."""
    from dashboard.services import founding, people
    from models import SYSTEM, Role, migrations

    desk = Desk()
    migrations.upgrade(desk.engine)
    _take(desk, founding.for_real(now=desk.now(), with_facts=not no_facts))
    if no_administrator or _has_administrator(desk):
        click.echo(_("The record is ready: {where}").format(where=desk.settings.home))
        return
    email = email or click.prompt(_("Address of the first administrator"))
    name = name or click.prompt(_("Name"))
    password = password or click.prompt(
        _("Password (at least 12 characters)"), hide_input=True, confirmation_prompt=True
    )

    def work(session: Any) -> None:
        number = people.add(
            session, SYSTEM, email=email, name=name, password=password, now=desk.now()
        )
        people.grant(session, SYSTEM, number, Role.ADMINISTRATOR, now=desk.now())

    desk.write(work)
    click.echo(_("The record is ready, and {name} can sign in: `headway run`").format(name=name))


@command(help=N_("Make a demonstration: plans, facts, and generated figures marked as such."))
def demo() -> None:
    """Make a demonstration."""
    from dashboard.services import founding
    from models import migrations
    from seed import demo as content

    desk = Desk()
    migrations.upgrade(desk.engine)
    _take(desk, founding.as_demonstration(now=desk.now()))
    click.echo(_("All generated figures are illustrative. Sign in as one of:"))
    for person in content.PEOPLE:
        click.echo(f"  {person.email:28} {person.role.value}")
    click.echo(_("with the password: {password}").format(password=founding.PASSWORD))


@command(help=N_("Bring the record up to date with this version of the program."))
@option("--no-plans", is_flag=True, help=N_("Leave the texts of plans as they are."))
def upgrade(no_plans: bool) -> None:
    """Bring the record up to date."""
    from dashboard.services import founding
    from models import migrations

    desk = Desk()
    before = migrations.current(desk.engine)
    if before is None:
        desk.record  # noqa: B018 - says that there is no record and what to do
    migrations.upgrade(desk.engine)
    if not no_plans:
        _take(desk, founding.for_real(now=desk.now(), with_facts=False))
    click.echo(
        _("The record went from {before} to {after}.").format(
            before=before, after=migrations.current(desk.engine)
        )
    )


@command(help=N_("Serve the pages and the interface for programs."))
@option("--host", default="127.0.0.1", show_default=True, help=N_("Address to listen at."))
@option(
    "--port",
    default=8501,
    show_default=True,
    envvar="PORT",
    type=click.IntRange(1, 65535),
    help=N_("Port to listen at."),
)
def run(host: str, port: int) -> None:
    """Serve the dashboard."""
    from dashboard.web.serve import serve

    desk = Desk()
    desk.record.dispose()
    shown = "localhost" if host in {"127.0.0.1", "0.0.0.0", "::"} else host  # noqa: S104
    click.echo(
        _("Headway is at {address} (Ctrl+C ends it).").format(address=f"http://{shown}:{port}")
    )
    serve(desk.settings, host, port)


def _take(desk: Desk, steps: Iterable[tuple[str, Any]]) -> None:
    from models import unit_of_work

    whole = list(steps)
    if not sys.stderr.isatty():
        for words, work in whole:
            click.echo(f"  {words} …", err=True)
            unit_of_work(desk.engine, work)
        return
    with Bar(_("Founding the record")) as tell:
        for done, (_words, work) in enumerate(whole, start=1):
            unit_of_work(desk.engine, work)
            tell(done, len(whole))


def _has_administrator(desk: Desk) -> bool:
    from dashboard.services import people
    from models import SYSTEM, Role

    accounts = desk.read(lambda session: people.listing(session, SYSTEM, now=desk.now()))
    return any(
        grant.role == Role.ADMINISTRATOR
        for account in accounts
        if account.is_active
        for grant in account.grants
    )
