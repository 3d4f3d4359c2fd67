"""Roles from the groups of a sign-in provider: given and ended at each sign-in, so that they match.

What a person gave by hand stays as it is. What came from a group says so (`Grant.from_group`), and
ends once the provider no longer names the group, or the installation no longer gives it a role:
also the last administrator's, since the provider is the authority on its groups.
"""

import secrets
from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session, col, select

from dashboard.services import ledger, people
from dashboard.settings import GroupRole
from models import (
    FOREVER,
    SYSTEM,
    SYSTEM_CHAIN,
    BadInput,
    Fault,
    Grant,
    Plan,
    ReferenceArea,
    Role,
)

SETTING = "HEADWAY_OIDC_GROUPS"

Key = tuple[str, Role, str | None, int | None]
"""What tells one role from another: group, role, plan and area."""


def check(session: Session, rules: Iterable[GroupRole]) -> None:
    """Raise `BadInput` naming each plan and area that these rules name and the record has not."""
    rules = tuple(rules)
    plans, areas = frozenset(session.exec(select(Plan.code))), _areas(session, rules)
    unknown = [
        Fault(SETTING, f"has {str(rule)!r}: no plan has the code {rule.plan}")
        for rule in rules
        if rule.plan is not None and rule.plan not in plans
    ]
    unknown += [
        Fault(SETTING, f"has {str(rule)!r}: no area has the code {rule.area}")
        for rule in rules
        if rule.area is not None and rule.area not in areas
    ]
    if unknown:
        raise BadInput(*unknown)


def match(
    session: Session,
    person_id: str,
    named: frozenset[str],
    rules: Iterable[GroupRole],
    *,
    now: datetime,
) -> None:
    """Give and end roles from groups, so that somebody holds those of the groups just named."""
    ledger.hold(session, SYSTEM_CHAIN)  # so that two sign-ins at once do not both give them
    due = [rule for rule in rules if rule.group in named]
    areas = _areas(session, due)
    wanted: dict[Key, GroupRole] = {
        (rule.group, rule.role, rule.plan, areas[rule.area] if rule.area else None): rule
        for rule in due
    }
    held = session.exec(
        select(Grant).where(
            Grant.person_id == person_id,
            col(Grant.from_group).is_not(None),
            col(Grant.until) > now,
        )
    ).all()
    for one in held:
        key = (str(one.from_group), one.role, one.plan_code, one.area_id)
        if wanted.pop(key, None) is None:
            people.end(session, one, by=SYSTEM, now=now)
    for key, rule in wanted.items():
        _give(session, person_id, key, rule.area, now)


def _give(session: Session, person_id: str, key: Key, area: str | None, now: datetime) -> None:
    group, role, plan, area_id = key
    given = Grant(
        id=secrets.token_hex(8),
        person_id=person_id,
        role=role,
        plan_code=plan,
        area_id=area_id,
        since=now,
        until=FOREVER,
        granted_by=SYSTEM.person_id,
        granted_at=now,
        from_group=group,
    )
    session.add(given)
    people.chain(session, given, area, by=SYSTEM, now=now)


def _areas(session: Session, rules: Iterable[GroupRole]) -> dict[str, int]:
    codes = {rule.area for rule in rules if rule.area is not None}
    found = session.exec(
        select(ReferenceArea.code, ReferenceArea.id).where(col(ReferenceArea.code).in_(codes))
    )
    return dict(found.all())
