"""Commands for tokens, with which programs act for a person."""

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from dashboard.cli.base import N_, Desk, Moment, group, option, person
from dashboard.i18n import _

if TYPE_CHECKING:
    from dashboard.services.tokens import Listed

SCOPES = ("read", "reports", "submit", "history")


@group(help=N_("Tokens with which programs act for a person."))
def token() -> None:
    """Tokens."""


@token.command(help=N_("Make a token for somebody and print it, this once, to hand over."))
@click.argument("email")
@option("--name", required=True, help=N_("What it is for."))
@option(
    "--scope",
    "scopes",
    type=click.Choice(SCOPES),
    multiple=True,
    required=True,
    help=N_("What it may do; may be given several times."),
)
@option("--until", type=Moment(), help=N_("Day or moment at which it ends; else in 90 days."))
def add(email: str, name: str, scopes: tuple[str, ...], until: datetime | None) -> None:
    """Make a token."""
    from dashboard.services import tokens
    from models import SYSTEM

    desk = Desk()
    secret, listed = desk.write(
        lambda session: tokens.issue(
            session,
            SYSTEM,
            name,
            scopes,
            person_id=person(session, email),
            until=until,
            now=desk.now(),
        )
    )
    told = _("Hand this token over; it is shown this once and ends on {day} ({id}):")
    click.echo(told.format(day=listed.until.date(), id=listed.id), err=True)
    click.echo(secret)


@token.command("list", help=N_("List the tokens of somebody, or of everybody."))
@click.argument("email", required=False)
@option("--json", "as_json", is_flag=True, help=N_("Write JSON."))
def every(email: str | None, as_json: bool) -> None:
    """List tokens."""
    from dashboard.services import people, tokens
    from models import SYSTEM

    desk, now = Desk(), Desk().now()

    def read(session: Any) -> "tuple[list[Listed], dict[str, str]]":
        emails = {one.id: one.email for one in people.listing(session, SYSTEM, now=now)}
        if email is None:
            return tokens.everybody(session, SYSTEM), emails
        return tokens.listing(session, SYSTEM, person_id=person(session, email)), emails

    listed, emails = desk.read(read)
    told = [_told(one, emails.get(one.person_id, one.person_id), now) for one in listed]
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
        return
    for one in told:
        used = one["used_at"] or _("never used")
        ended = "" if one["is_in_force"] else f" ({_('ended')})"
        may = ", ".join(one["scopes"])
        click.echo(f"{one['id']}  {one['email']:32} {one['name']}{ended}: {may}; {used}")


def _told(one: "Listed", email: str, now: datetime) -> dict[str, Any]:
    return {
        "id": one.id,
        "email": email,
        "name": one.name,
        "scopes": list(one.scopes),
        "since": one.since.isoformat(),
        "until": one.until.isoformat(),
        "used_at": one.used_at.isoformat() if one.used_at else None,
        "is_in_force": one.is_in_force(now),
    }


@token.command(help=N_("End a token at once; `headway token list` tells its number."))
@click.argument("number")
def revoke(number: str) -> None:
    """End a token."""
    from dashboard.services import tokens
    from models import SYSTEM

    desk = Desk()
    desk.write(lambda session: tokens.revoke(session, SYSTEM, number, now=desk.now()))
    click.echo(_("The token {number} opens nothing any more.").format(number=number))
