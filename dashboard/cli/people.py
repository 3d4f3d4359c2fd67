"""Commands for accounts and what they may do."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import click

from dashboard.cli.base import N_, Decorated, Desk, Moment, group, option, person
from dashboard.i18n import _

ROLES = (
    *("viewer", "coordinator", "focal_point", "reviewer", "evaluator", "civil_society"),
    *("secretariat", "administrator"),
)


@group(help=N_("Accounts, and what they may do."))
def user() -> None:
    """Accounts."""


def _role(needed: bool) -> Callable[[Decorated], Decorated]:
    return option("--role", type=click.Choice(ROLES), required=needed, help=N_("What they may do."))


PLAN = option("--plan", help=N_("Only in this plan."))
AREA = option("--area", help=N_("Only for this area or group, such as KEN or ECOWAS."))
EMAIL = click.argument("email")


@user.command(help=N_("Add a person, with a role if you like."))
@EMAIL
@option("--name", prompt=True, help=N_("How they are called."))
@_role(needed=False)
@PLAN
@AREA
@option("--password", help=N_("Their password; asked for, unseen, where it is missing."))
@option("--no-password", is_flag=True, help=N_("They sign in with a provider only."))
def add(  # noqa: PLR0917 - one for each option
    email: str,
    name: str,
    role: str | None,
    plan: str | None,
    area: str | None,
    password: str | None,
    no_password: bool,
) -> None:
    """Add a person."""
    from dashboard.services import people
    from models import SYSTEM, Role

    desk = Desk()
    desk.record  # noqa: B018 - before asking for anything
    if not no_password and password is None:
        password = _asked()

    def work(session: Any) -> None:
        number = people.add(
            session, SYSTEM, email=email, name=name, password=password, now=desk.now()
        )
        if role is not None:
            people.grant(session, SYSTEM, number, Role(role), plan=plan, area=area, now=desk.now())

    desk.write(work)
    click.echo(_("{name} has an account.").format(name=name))


@user.command(help=N_("Invite somebody to a role and print the link to hand over."))
@EMAIL
@option("--name", prompt=True, help=N_("How they are called."))
@_role(needed=True)
@PLAN
@AREA
def invite(email: str, name: str, role: str, plan: str | None, area: str | None) -> None:
    """Invite somebody."""
    from dashboard.services import invitations
    from models import SYSTEM, Role

    desk = Desk()
    handed = desk.write(
        lambda session: invitations.invite(
            session,
            SYSTEM,
            email=email,
            name=name,
            role=Role(role),
            plan=plan,
            area=area,
            now=desk.now(),
        )
    )
    click.echo(_("Hand this link over; it works once, within 72 hours:"))
    click.echo(handed.address(desk.settings.address))


@user.command(help=N_("Print a link to a new password, to hand over to its owner."))
@EMAIL
def reset(email: str) -> None:
    """Hand out a link to a new password."""
    from dashboard.services import invitations
    from models import SYSTEM

    desk = Desk()
    handed = desk.write(
        lambda session: invitations.hand_out(
            session, SYSTEM, person(session, email), now=desk.now()
        )
    )
    click.echo(_("Hand this link over; it works once, within an hour:"))
    click.echo(handed.address(desk.settings.address))


@user.command("list", help=N_("List everybody with an account."))
@option("--json", "as_json", is_flag=True, help=N_("Write JSON."))
def everybody(as_json: bool) -> None:
    """List people."""
    from dashboard.services import people
    from models import SYSTEM

    desk = Desk()
    accounts = desk.read(lambda session: people.listing(session, SYSTEM, now=desk.now()))
    if as_json:
        told = [
            {
                "email": one.email,
                "name": one.name,
                "is_active": one.is_active,
                "has_second_factor": one.has_factor,
                "grants": [
                    {"id": held.id, "role": held.role.value, "plan": held.plan, "area": held.area}
                    for held in one.grants
                ],
            }
            for one in accounts
        ]
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
        return
    for one in accounts:
        held = ", ".join(_grant(grant) for grant in one.grants) or "–"
        closed = "" if one.is_active else f" ({_('closed')})"
        click.echo(f"{one.email:32} {one.name}{closed}: {held}")


def _grant(held: Any) -> str:
    where = " ".join(word for word in (held.plan, held.area) if word)
    return f"{held.role.value} [{where}]" if where else str(held.role.value)


@user.command(help=N_("Give somebody a role."))
@EMAIL
@_role(needed=True)
@PLAN
@AREA
@option("--until", type=Moment(), help=N_("Day or moment at which it ends."))
def grant(
    email: str, role: str, plan: str | None, area: str | None, until: datetime | None
) -> None:
    """Give a role."""
    from dashboard.services import people
    from models import FOREVER, SYSTEM, Role

    desk = Desk()
    desk.write(
        lambda session: people.grant(
            session,
            SYSTEM,
            person(session, email),
            Role(role),
            plan=plan,
            area=area,
            until=until or FOREVER,
            now=desk.now(),
        )
    )
    click.echo(_("{email} is {role} from now on.").format(email=email, role=role))


@user.command(help=N_("End a role of somebody."))
@EMAIL
@_role(needed=True)
@PLAN
@AREA
def revoke(email: str, role: str, plan: str | None, area: str | None) -> None:
    """End a role."""
    from dashboard.services import people
    from models import SYSTEM, NotFound

    desk = Desk()

    def work(session: Any) -> int:
        number = person(session, email)
        accounts = people.listing(session, SYSTEM, now=desk.now())
        held = [
            one.id
            for account in accounts
            if account.id == number
            for one in account.grants
            if one.role == role
            and (plan is None or one.plan == plan)
            and (area is None or one.area == area)
        ]
        if not held:
            raise NotFound(_("{email} has no such role.").format(email=email))
        for one in held:
            people.revoke(session, SYSTEM, one, now=desk.now())
        return len(held)

    desk.write(work)
    click.echo(_("{email} is no longer {role}.").format(email=email, role=role))


@user.command(help=N_("Give somebody a new password and end their sessions."))
@EMAIL
@option("--password", help=N_("The password; asked for, unseen, where it is missing."))
def password(email: str, password: str | None) -> None:
    """Set a password."""
    from dashboard.services import people
    from models import SYSTEM

    desk = Desk()
    desk.read(lambda session: person(session, email))
    given = password or _asked()
    desk.write(
        lambda session: people.set_password(
            session, SYSTEM, person(session, email), given, now=desk.now()
        )
    )
    click.echo(_("The password of {email} is changed.").format(email=email))


@user.command(help=N_("Lift the second factor of somebody who lost it; audited."))
@EMAIL
def lift(email: str) -> None:
    """Lift a second factor."""
    from dashboard.services import factors
    from models import SYSTEM

    desk = Desk()
    desk.write(
        lambda session: factors.lift(session, SYSTEM, person(session, email), now=desk.now())
    )
    click.echo(_("{email} signs in without a second factor from now on.").format(email=email))


@user.command(help=N_("Close an account and end its sessions; what the person did stays."))
@EMAIL
def deactivate(email: str) -> None:
    """Close an account."""
    from dashboard.services import people
    from models import SYSTEM

    desk = Desk()
    desk.write(
        lambda session: people.deactivate(session, SYSTEM, person(session, email), now=desk.now())
    )
    click.echo(_("The account of {email} is closed.").format(email=email))


@user.command(help=N_("Open a closed or locked account again."))
@EMAIL
def activate(email: str) -> None:
    """Open an account."""
    from dashboard.services import people
    from models import SYSTEM

    desk = Desk()
    desk.write(
        lambda session: people.activate(session, SYSTEM, person(session, email), now=desk.now())
    )
    click.echo(_("The account of {email} is open.").format(email=email))


def _asked() -> str:
    given: str = click.prompt(
        _("Password (at least 12 characters)"), hide_input=True, confirmation_prompt=True
    )
    return given
