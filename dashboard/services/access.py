"""Who may do what. Everything that is not granted is refused."""

from datetime import datetime
from typing import Final, Literal

from sqlmodel import Session, col, select

from models import (
    ANONYMOUS,
    AreaKind,
    Grant,
    Held,
    Identity,
    Membership,
    NotAllowed,
    Person,
    ReferenceArea,
    Role,
    SignInNeeded,
)

Action = Literal[
    "read",
    "submit",
    "invite",
    "review",
    "find",
    "remark",
    "coordinate",
    "snapshot",
    "export_history",
    "administer",
    "lift",
    "trace",
]

PERMITS: Final[dict[Role, frozenset[str]]] = {
    Role.VIEWER: frozenset({"read"}),
    Role.COORDINATOR: frozenset({"read", "submit"}),
    Role.FOCAL_POINT: frozenset({"read", "submit", "invite", "trace"}),
    Role.REVIEWER: frozenset({"read", "review"}),
    Role.EVALUATOR: frozenset({"read", "find", "snapshot", "export_history"}),
    Role.CIVIL_SOCIETY: frozenset({"read", "remark"}),
    Role.SECRETARIAT: frozenset({"read", "coordinate", "snapshot", "lift", "trace"}),
    Role.ADMINISTRATOR: frozenset(
        {
            "read",
            "invite",
            "coordinate",
            "snapshot",
            "export_history",
            "administer",
            "lift",
            "trace",
        }
    ),
}
"""What each role may do. Nobody is given two of submit, review and administer by one role."""
INVITED: Final = (Role.COORDINATOR, Role.VIEWER)
"""The roles a focal point gives and ends, in its own area and plan."""

_REFUSALS: Final[dict[str, str]] = {
    "read": "This installation is not public: your account has no role in it yet.",
    "submit": "You do not report for this area. Its coordinator, or an administrator, can help.",
    "invite": "People are invited by the focal point of their country, or by an administrator.",
    "review": "You do not review this area. An administrator can give you that role.",
    "find": "Findings are given by evaluators.",
    "remark": "Notes of civil society are given by organizations that have that role here. An "
    "administrator can give it.",
    "coordinate": "Reporting rounds are run by the secretariat. An administrator can give you that "
    "role.",
    "snapshot": "Snapshots are taken by evaluators, the secretariat and administrators.",
    "export_history": "The history of values is for evaluators and administrators.",
    "administer": "Only an administrator can do this.",
    "trace": "The trail of changes is for focal points, the secretariat and administrators.",
    "lift": "A second factor is lifted by the secretariat, or by an administrator.",
}

BEYOND: Final = (
    "This token does not go as far: its owner can make one with that scope on the account page."
)


def identity(session: Session, person_id: str, *, now: datetime) -> Identity:
    """Return a person with the grants in force now; anonymous where the account is closed."""
    person = session.get(Person, person_id)
    if person is None or not person.is_active:
        return ANONYMOUS
    grants = session.exec(
        select(Grant).where(
            Grant.person_id == person_id, col(Grant.since) <= now, col(Grant.until) > now
        )
    ).all()
    held = tuple(
        Held(grant.role, grant.plan_code, covered(session, grant.area_id, now=now))
        for grant in grants
    )
    return Identity(person.id, person.name, person.email, held, person.language)


def covered(session: Session, area_id: int | None, *, now: datetime) -> frozenset[int] | None:
    """Return the areas a grant covers: all (none), one, or a group or region with its members."""
    if area_id is None:
        return None
    area = session.get(ReferenceArea, area_id)
    if area is None:
        return frozenset()
    if area.kind == AreaKind.WORLD:
        return None
    if area.kind == AreaKind.GROUP:
        today = now.date()
        members = session.exec(
            select(Membership.area_id).where(
                Membership.group_id == area_id,
                col(Membership.since) <= today,
                col(Membership.until) > today,
            )
        )
        return frozenset(members) | {area_id}
    within = {area_id}
    parents = session.exec(select(ReferenceArea.id, ReferenceArea.parent_id)).all()
    while more := {child for child, parent in parents if parent in within} - within:
        within |= more
    return frozenset(within)


def allows(
    who: Identity, action: Action, *, plan: str | None = None, area: int | None = None
) -> bool:
    """Say whether somebody may do this in this plan and area (none: anywhere at all)."""
    if who.is_system:
        return True
    if not reaches(who, action):
        return False
    return any(
        action in PERMITS[held.role]
        and (plan is None or held.plan is None or held.plan == plan)
        and (area is None or held.areas is None or area in held.areas)
        for held in who.grants
    )


def reaches(who: Identity, action: str) -> bool:
    """Say whether the token somebody acts with, if any, goes as far as this."""
    return who.scopes is None or action in who.scopes


def require(
    who: Identity, action: Action, *, plan: str | None = None, area: int | None = None
) -> None:
    """Raise `SignInNeeded` or `NotAllowed`, with a sentence, unless this is granted."""
    if allows(who, action, plan=plan, area=area):
        return
    if not who.person_id:
        raise SignInNeeded("Please sign in to do this.")
    if not reaches(who, action):
        raise NotAllowed(BEYOND)
    raise NotAllowed(_REFUSALS[action])


def holds(
    session: Session,
    who: Identity,
    action: Action,
    *,
    plan: str | None,
    area: int | None,
    now: datetime,
) -> bool:
    """Say whether somebody may do this in all of a plan and area (none: in every one).

    By one grant that covers it whole: `allows` asks for a place, this for everything within.
    """
    if who.is_system:
        return True
    asked = covered(session, area, now=now)
    return reaches(who, action) and any(
        action in PERMITS[held.role]
        and (held.plan is None or held.plan == plan)
        and (held.areas is None or (asked is not None and asked <= held.areas))
        for held in who.grants
    )


def may_give(
    session: Session,
    who: Identity,
    role: Role,
    *,
    plan: str | None,
    area: int | None,
    now: datetime,
) -> bool:
    """Say whether somebody may give, or end, this role in this plan and area (none: every one).

    An administrator may give every role, a focal point only those in `INVITED`; both only where
    all that the role would cover lies within what they themselves hold.
    """
    action: Action = "invite" if role in INVITED else "administer"
    return holds(session, who, action, plan=plan, area=area, now=now)


def is_everywhere(who: Identity, action: Action) -> bool:
    """Say whether somebody may do this in every plan and area, by one grant."""
    return who.is_system or any(
        reaches(who, action)
        and action in PERMITS[held.role]
        and held.plan is None
        and held.areas is None
        for held in who.grants
    )


def areas(who: Identity, action: Action, *, plan: str) -> frozenset[int] | None:
    """Return the areas in which somebody may do this; none where it is everywhere."""
    found: set[int] = set()
    for held in who.grants if reaches(who, action) else ():
        if action in PERMITS[held.role] and held.plan in {None, plan}:
            if held.areas is None:
                return None
            found |= held.areas
    return None if who.is_system else frozenset(found)


def codes(session: Session, covers: frozenset[int]) -> list[str]:
    """Return the codes of these areas, in the order of their names."""
    wanted = select(ReferenceArea.code).where(col(ReferenceArea.id).in_(sorted(covers)))
    return list(session.exec(wanted.order_by(col(ReferenceArea.name))))


def roles(who: Identity) -> frozenset[Role]:
    """Return the roles somebody has anywhere: for showing pages, never for protecting them."""
    return frozenset(held.role for held in who.grants)
