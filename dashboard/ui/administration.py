"""What an administrator sees and does: accounts and roles; the way to the trail of changes."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import streamlit as st
from sqlmodel import Session

from dashboard.i18n import _, date
from dashboard.i18n.labels import word
from dashboard.services import access, factors, invitations, outbox
from dashboard.services import people as service
from dashboard.services.invitations import Handed
from dashboard.services.people import Account
from dashboard.services.views import Picture
from dashboard.ui import look, visit, ways
from models import FOREVER, Identity, Role, Unavailable

SAID = "admin_said"
LINK = "admin_link"
LONGEST = 24
"""Characters of an area's name that stand in a table of people; a longer one is its code."""


def people(found: Picture, person: Identity) -> None:
    """Show everybody with an account, and the forms that change accounts and roles."""
    said = st.session_state.pop(SAID, None)
    if said:
        st.success(said)
    if not access.allows(person, "invite"):
        _lift(person)
        return
    with visit.read() as session:
        accounts = service.listing(session, person, now=visit.now())
    link = st.session_state.pop(LINK, None)
    if link:
        st.info(_("Hand this link over yourself: it is shown this once."))
        st.code(link, language=None)
    st.html(_accounts(found, person, accounts))
    places = _places(found, person)
    left, right = st.columns(2, gap="large")
    with left:
        _invite(found, person, places)
        _hand_out(accounts)
    with right:
        if sees_all(person):
            _grant(found, person, accounts, places)
        _revoke(found, accounts)
    if sees_all(person):
        left, right = st.columns(2, gap="large")
        with left:
            _add()
        with right:
            _close(accounts)
            _open_again(accounts)
            _lift(person)


def sees_all(person: Identity) -> bool:
    """Say whether somebody looks after every role, and not only the people of a country."""
    return access.allows(person, "administer")


def _places(found: Picture, person: Identity) -> list[str]:
    """Return the codes of the areas in which somebody gives roles."""
    with visit.read() as session:
        covers = access.areas(person, "invite", plan=found.plan.plan)
        return list(found.names) if covers is None else access.codes(session, covers)


def _area(found: Picture, person: Identity, places: list[str]) -> str | None:
    """Ask for an area; everywhere is offered to those who may give a role there."""
    everywhere = access.areas(person, "invite", plan=found.plan.plan) is None
    return st.selectbox(
        _("In"),
        places,
        index=None if everywhere else 0,
        format_func=lambda code: found.names.get(code, code),
        placeholder=_("Everywhere"),
    )


def _invite(found: Picture, person: Identity, places: list[str]) -> None:
    token = visit.token("invite")
    roles = [role.value for role in (Role if sees_all(person) else access.INVITED)]
    with st.form(f"invite_{token}"):
        st.markdown(f"**{_('Invite somebody')}**")
        name, email = st.text_input(_("Name")), st.text_input(_("E-mail"))
        role = st.selectbox(_("Role"), roles, format_func=lambda role: word("role", role))
        area = _area(found, person, places)
        sent = st.form_submit_button(_("Invite"))
    if sent:
        _run(
            lambda session, who, now: invitations.invite(
                session,
                who,
                email=email,
                name=name,
                role=Role(role),
                plan=found.plan.plan,
                area=area,
                now=now,
            ),
            token,
            _("{name} is invited. The link works once, within 72 hours.").format(name=name),
        )


def _hand_out(accounts: list[Account]) -> None:
    token = visit.token("hand_out")
    names = {account.id: account.name for account in accounts if account.is_active}
    with st.form(f"hand_out_{token}"):
        st.markdown(f"**{_('A link to a new password')}**")
        picked = st.selectbox(_("Account"), list(names), format_func=names.__getitem__, index=None)
        sent = st.form_submit_button(_("Make the link"))
    if sent and picked:
        _run(
            lambda session, who, now: invitations.hand_out(session, who, picked, now=now),
            token,
            _("The link works once, within an hour."),
        )


def _deliver(handed: Handed, now: datetime) -> None:
    """Send a link to whom it is for; where letters do not leave the house, show it once."""
    settings = visit.settings()
    try:
        made = invitations.letter(handed, settings.address, sender=settings.mail.sender, now=now)
        outbox.way(settings.mail, settings.home)(made)
        left = settings.mail.is_server
    except Unavailable:
        left = False
    if not left:
        st.session_state[LINK] = handed.address(settings.address)


def _accounts(found: Picture, person: Identity, accounts: list[Account]) -> look.Html:
    rows = [
        (
            look.anchor(account.name, ways.address("audit", person=account.id)),
            account.email,
            look.join([look.tag(_role(found, grant)) for grant in account.grants])
            if account.grants
            else _("none"),
            _ways(account),
            look.tag(_("open"), "good") if account.is_active else look.tag(_("closed"), "stop"),
            date(account.created_at),
        )
        for account in accounts
    ]
    heads = [
        *(_("Name"), _("E-mail"), _("Roles"), _("Signs in by"), _("Account"), _("Since")),
    ]
    all_ = access.is_everywhere(person, "administer")
    title = _("Everybody with an account") if all_ else _("The people you look after")
    return look.table(title, heads, rows)


def _ways(account: Account) -> str:
    way = account.provider or (_("password") if account.has_password else _("no way to sign in"))
    return f"{way}, {_('second factor')}" if account.has_factor else way


def _role(found: Picture, grant: service.Granted) -> str:
    area = found.names.get(grant.area, grant.area) if grant.area else _("everywhere")
    if len(area) > LONGEST:
        area = grant.area or ""
    parts = [word("role", grant.role), area, grant.plan or ""]
    end = "" if grant.until >= FOREVER else _("until {day}").format(day=date(grant.until))
    group = _("by group {name}").format(name=grant.from_group) if grant.from_group else ""
    return " ".join(part for part in [*parts, end, group] if part)


def _run(work: Callable[[Session, Identity, datetime], Any], token: str, said: str) -> None:
    """Do the work as whoever looks, now; both are asked before the unit of work begins."""
    who, now = visit.who(), visit.now()
    outcome = visit.write(lambda session: work(session, who, now), token=token)
    if outcome.faults:
        st.error(outcome.message)
        return
    if isinstance(outcome.result, Handed):
        _deliver(outcome.result, now)
    st.session_state[SAID] = said
    st.rerun()


def _add() -> None:
    token = visit.token("add")
    with st.form(f"add_{token}"):
        st.markdown(f"**{_('Add a person')}**")
        name = st.text_input(_("Name"))
        email = st.text_input(_("E-mail"))
        password = st.text_input(_("First password"), type="password")
        sent = st.form_submit_button(_("Add"))
    if sent:
        _run(
            lambda session, who, now: service.add(
                session,
                who,
                email=email,
                name=name,
                password=password or None,
                now=now,
            ),
            token,
            _("{name} has an account now, and no role yet.").format(name=name),
        )


def _grant(found: Picture, person: Identity, accounts: list[Account], places: list[str]) -> None:
    token = visit.token("grant")
    names = {
        account.id: f"{account.name} ({account.email})"
        for account in accounts
        if account.id != person.person_id  # nobody gives a role to themselves
    }
    only = True
    with st.form(f"grant_{token}"):
        st.markdown(f"**{_('Give a role')}**")
        picked = st.selectbox(_("To"), list(names), format_func=names.__getitem__, index=None)
        role = st.selectbox(
            _("Role"), [role.value for role in Role], format_func=lambda role: word("role", role)
        )
        area = _area(found, person, places)
        if access.is_everywhere(person, "administer"):
            only = st.checkbox(_("Only in this plan"))
        sent = st.form_submit_button(_("Give"))
    if sent and picked:
        plan = found.plan.plan if only else None
        _run(
            lambda session, who, now: service.grant(
                session, who, picked, Role(role), plan=plan, area=area, now=now
            ),
            token,
            _("The role is given."),
        )


def _revoke(found: Picture, accounts: list[Account]) -> None:
    token = visit.token("revoke")
    held = {
        grant.id: f"{account.name}: {_role(found, grant)}"
        for account in accounts
        for grant in account.grants
    }
    with st.form(f"revoke_{token}"):
        st.markdown(f"**{_('End a role')}**")
        picked = st.selectbox(_("Role"), list(held), format_func=held.__getitem__, index=None)
        sent = st.form_submit_button(_("End it"))
    if sent and picked:
        _run(
            lambda session, who, now: service.revoke(session, who, picked, now=now),
            token,
            _("The role has ended. What was done under it stays."),
        )


def _close(accounts: list[Account]) -> None:
    token = visit.token("close")
    names = {account.id: account.name for account in accounts if account.is_active}
    with st.form(f"close_{token}"):
        st.markdown(f"**{_('Close an account')}**")
        picked = st.selectbox(_("Account"), list(names), format_func=names.__getitem__, index=None)
        sent = st.form_submit_button(_("Close it"))
    if sent and picked:
        _run(
            lambda session, who, now: service.deactivate(session, who, picked, now=now),
            token,
            _("The account is closed and signed out everywhere."),
        )


def _open_again(accounts: list[Account]) -> None:
    token = visit.token("open")
    names = {account.id: account.name for account in accounts if not account.is_active}
    if not names:
        return
    with st.form(f"open_{token}"):
        st.markdown(f"**{_('Open an account again')}**")
        picked = st.selectbox(_("Account"), list(names), format_func=names.__getitem__, index=None)
        sent = st.form_submit_button(_("Open it"))
    if sent and picked:
        _run(
            lambda session, who, now: service.activate(session, who, picked, now=now),
            token,
            _("The account is open again, with the roles it still holds."),
        )


def _lift(person: Identity) -> None:
    token = visit.token("lift")
    with visit.read() as session:
        held = factors.holders(session, person, now=visit.now())
    names = {number: f"{name} ({email})" for number, name, email in held}
    if not names:
        if not access.allows(person, "invite"):
            st.caption(_("Nobody whom you look after has set up a second factor."))
        return
    with st.form(f"lift_{token}"):
        st.markdown(f"**{_('Lift a second factor')}**")
        st.caption(_("For somebody who lost telephone and recovery codes. Make sure it is them."))
        picked = st.selectbox(_("Account"), list(names), format_func=names.__getitem__, index=None)
        sent = st.form_submit_button(_("Lift it"))
    if sent and picked:
        _run(
            lambda session, who, now: factors.lift(session, who, picked, now=now),
            token,
            _("The second factor is lifted: the password alone signs in until a new one is set."),
        )
