"""A record small enough to work out by hand: four States, two objectives, six indicators.

States: Kenya, Namibia and Uganda in Africa, France in Europe. The group EAC has Kenya and, only
until the end of 2019, Uganda. Namibia is there because its alpha-2 code is `NA`.
"""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

from sqlmodel import Session, select

from dashboard.services import people
from models import (
    FIRST,
    FOREVER,
    SYSTEM,
    TOTAL,
    Aggregation,
    Approach,
    AreaKind,
    AreaName,
    Baseline,
    BaselineRule,
    Cell,
    Confidence,
    ContentBasis,
    Dimension,
    Direction,
    EntryMode,
    Frequency,
    Grant,
    Indicator,
    IndicatorType,
    Kind,
    MeasureIndicator,
    Membership,
    Objective,
    ObservationInput,
    OperationalMeasure,
    Operator,
    Origin,
    Person,
    Plan,
    PlanEdition,
    ReferenceArea,
    Role,
    Scale,
    ScaleLevel,
    Table,
    Target,
    TargetStatus,
    Tier,
    UpdateInput,
    Weight,
)

NOON: Final = datetime(2026, 6, 30, 12, tzinfo=UTC)
"""The moment at which tests act, unless they say another."""
PLAN: Final = "TINY"

WORLD, AFRICA, EUROPE, EAC = 1, 2, 150, 9001
KENYA, NAMIBIA, UGANDA, FRANCE = 404, 516, 800, 250
STATES: Final = {  # id: alpha-3, alpha-2, name, region, population in thousands
    KENYA: ("KEN", "KE", "Kenya", AFRICA, 50_000),
    NAMIBIA: ("NAM", "NA", "Namibia", AFRICA, 2_500),
    UGANDA: ("UGA", "UG", "Uganda", AFRICA, 47_500),
    FRANCE: ("FRA", "FR", "France", EUROPE, 68_000),
}
PEOPLE: Final = {  # id: role, area of the grant (none: everywhere)
    "coordinator": (Role.COORDINATOR, KENYA),
    "neighbour": (Role.COORDINATOR, NAMIBIA),
    "reviewer": (Role.REVIEWER, None),
    "evaluator": (Role.EVALUATOR, None),
    "secretariat": (Role.SECRETARIAT, None),
    "administrator": (Role.ADMINISTRATOR, None),
    "viewer": (Role.VIEWER, None),
}
PERCENT, CASES, LEVEL, CONTEXT, TEXT, TREATY = "A.1.1", "A.1.2", "A.2.1", "B.1.1", "B.1.2", "B.1.3"


def draft(**changes: Any) -> ObservationInput:
    """Return what Kenya's coordinator would send, with these fields changed."""
    usual: dict[str, Any] = {
        "indicator": PERCENT,
        "area": "KEN",
        "period": "2024",
        "value": Decimal("62.5"),
        "source": "Annual report of the Ministry, 2025",
    }
    return ObservationInput.model_validate(usual | changes)


def update(**changes: Any) -> UpdateInput:
    """Return a measure update that Kenya's coordinator would send, with these fields changed."""
    usual = {
        "measure": "A.1",
        "area": "KEN",
        "as_at": date(2026, 3, 1),
        "implementation": "planned",
    }
    return UpdateInput.model_validate(usual | changes)


def fill(session: Session) -> None:
    """Put the areas, the plan and the people into an empty record."""
    rows = [*_areas(), *_names(), *_plan(), *_measures(), *_indicators(), *_aims(), *_people()]
    for table in Table.metadata.sorted_tables:  # those first that others refer to
        session.add_all(row for row in rows if row.__tablename__ == table.name)
        session.flush()


def chain(session: Session) -> None:
    """Chain the roles of the tiny record, which were given before it began."""
    codes = {number: state[0] for number, state in STATES.items()}
    for given in session.exec(select(Grant).order_by(Grant.id)).all():
        area = None if given.area_id is None else codes[given.area_id]
        people.chain(session, given, area, by=SYSTEM, now=NOON)


def _areas() -> list[Table]:
    places = [
        ReferenceArea(id=WORLD, code="M49-001", kind=AreaKind.WORLD, name="World", m49="001"),
        ReferenceArea(
            id=AFRICA,
            code="M49-002",
            kind=AreaKind.REGION,
            name="Africa",
            m49="002",
            parent_id=WORLD,
        ),
        ReferenceArea(
            id=EUROPE,
            code="M49-150",
            kind=AreaKind.REGION,
            name="Europe",
            m49="150",
            parent_id=WORLD,
        ),
        ReferenceArea(id=EAC, code="EAC", kind=AreaKind.GROUP, name="East African Community"),
    ]
    states = [
        ReferenceArea(
            id=number,
            code=iso3,
            kind=AreaKind.STATE,
            name=name,
            iso2=iso2,
            iso3=iso3,
            m49=f"{number:03}",
            parent_id=region,
            region_id=region,
            tile_column=column,
            tile_row=0,
        )
        for column, (number, (iso3, iso2, name, region, _)) in enumerate(STATES.items())
    ]
    return [*places, *states, Cell(id=0, code=TOTAL)]


def _names() -> list[Table]:
    return [
        *(
            AreaName(area_id=number, language="en", name=state[2])
            for number, state in STATES.items()
        ),
        AreaName(area_id=KENYA, language="fr", name="Kenya"),
        AreaName(area_id=NAMIBIA, language="fr", name="Namibie"),
        Membership(group_id=EAC, area_id=KENYA, since=date(2000, 7, 7)),
        Membership(group_id=EAC, area_id=UGANDA, since=date(2000, 7, 7), until=date(2020, 1, 1)),
        *(
            Weight(area_id=number, name="population", year=2024, value=state[4], source="made up")
            for number, state in STATES.items()
        ),
    ]


def _plan() -> list[Table]:
    plan = Plan(
        code=PLAN,
        number=1,
        title="A Plan of Action Small Enough to Check by Hand",
        short_title="Tiny plan",
        titles={},
        symbol="A/TEST/1",
        adopted=date(2010, 7, 30),
        adopted_by="The tests",
        legal_nature="not binding",
        notices=["Targets here are proposed by the tests."],
        about={},
    )
    scale = Scale(
        plan_code=PLAN, code="MAT", name="Maturity", lowest=0, highest=4, meets=3, criteria=[]
    )
    levels = [
        ScaleLevel(plan_code=PLAN, scale_code="MAT", value=value, label=label, meaning=label)
        for value, label in enumerate(("None", "Planned", "Begun", "Working", "Proven"))
    ]
    sex = Dimension(plan_code=PLAN, code="sex", name="Sex", codes=["female", "male"])
    objectives = [
        Objective(
            id=number,
            plan_code=PLAN,
            code=code,
            position=number,
            title=title,
            titles={},
            description="",
            section="",
            paras="1",
            para_confidence=Confidence.VERIFIED,
            origin=Origin.PLAN,
        )
        for number, code, title in ((1, "A", "Protect people"), (2, "B", "Know the facts"))
    ]
    edition = PlanEdition(
        plan_code=PLAN, version="1.0.0", digest="0" * 64, installed_at=NOON, content={}
    )
    return [plan, edition, scale, *levels, sex, *objectives]


def _measures() -> list[Table]:
    return [
        OperationalMeasure(
            id=number,
            plan_code=PLAN,
            objective_id=objective,
            code=code,
            position=number,
            title=title,
            titles={},
            description="",
            paras=str(number),
            para_confidence=Confidence.VERIFIED,
            content_basis=ContentBasis.READ,
            content_source="",
            founding_paras=[],
            approach=Approach.RESTORATIVE,
            dimensions=[],
            origin=Origin.PLAN,
        )
        for number, objective, code, title in (
            (1, 1, "A.1", "Assist every victim"),
            (2, 1, "A.2", "Build referral"),
            (3, 2, "B.1", "Collect data"),
        )
    ]


def _indicators() -> list[Table]:
    hundred = {"unit": "%", "lower": Decimal(0), "upper": Decimal(100)}
    cases = {"min_cell": 5, "is_sensitive": True, "is_integer": True, "lower": Decimal(0)}
    rows = [
        _indicator(1, PERCENT, 1, "Victims assisted", Kind.PERCENTAGE, Direction.UP, **hundred),
        _indicator(
            2,
            CASES,
            1,
            "Victims turned away",
            Kind.COUNT,
            Direction.DOWN,
            disaggregations=["sex"],
            aggregation=Aggregation.SUM,
            **cases,
        ),
        _indicator(
            3,
            LEVEL,
            1,
            "Referral mechanism",
            Kind.ORDINAL,
            Direction.UP,
            scale_code="MAT",
            lower=Decimal(0),
            upper=Decimal(4),
            meets_operator=Operator.AT_LEAST,
            meets_value=Decimal(3),
            aggregation=Aggregation.SHARE_MEETING,
        ),
        _indicator(4, CONTEXT, 2, "Victims found", Kind.COUNT, Direction.NONE, is_integer=True),
        _indicator(5, TEXT, 2, "Law in force", Kind.TEXT, Direction.NONE),
        _indicator(
            6,
            TREATY,
            2,
            "Party to the Protocol",
            Kind.BINARY,
            Direction.UP,
            entry_mode=EntryMode.CENTRAL_IMPORT,
            lower=Decimal(0),
            upper=Decimal(1),
            aggregation=Aggregation.SHARE_MEETING,
            meets_operator=Operator.EQUALS,
            meets_value=Decimal(1),
        ),
    ]
    links = [
        MeasureIndicator(measure_id=measure, indicator_id=indicator, is_primary=True)
        for measure, indicator in ((1, 1), (1, 2), (2, 3), (3, 4), (3, 5), (3, 6))
    ]
    return [*rows, *links, MeasureIndicator(measure_id=2, indicator_id=1, is_primary=False)]


def _indicator(
    number: int,
    code: str,
    objective: int,
    name: str,
    kind: Kind,
    direction: Direction,
    **more: Any,
) -> Indicator:
    rule = more.pop("aggregation", Aggregation.MEDIAN)
    usual: dict[str, Any] = {
        "unit": "",
        "disaggregations": [],
        "levels": ["national"],
        "entry_mode": EntryMode.COORDINATOR,
    }
    return Indicator(
        id=number,
        plan_code=PLAN,
        objective_id=objective,
        code=code,
        position=number,
        name=name,
        names={},
        definition=name,
        kind=kind,
        direction=direction,
        type=IndicatorType.OUTCOME,
        tier=Tier.CORE,
        frequency=Frequency.ANNUAL,
        aggregation=rule,
        aggregation_global=rule,
        source="Ministries",
        custodian="The tests",
        source_alternatives=[],
        human_rights_caveat="None: these people are made up.",
        min_coverage=0.5,
        scores_progress=direction != Direction.NONE,
        **(usual | more),
    )


def _aims() -> list[Table]:
    targets = ((1, ">=", 90), (2, "<=", 10), (3, ">=", 4), (6, "=", 1))
    return [
        *(
            Baseline(
                id=f"{PLAN}-{indicator}",
                indicator_id=indicator,
                rule=BaselineRule.FIRST_REPORT,
                recorded_at=FIRST,
            )
            for indicator, _, _ in targets
        ),
        *(
            Target(
                id=f"{PLAN}-{indicator}",
                indicator_id=indicator,
                operator=Operator(operator),
                value=Decimal(value),
                year=2030,
                status=TargetStatus.PROPOSED,
                recorded_at=FIRST,
            )
            for indicator, operator, value in targets
        ),
    ]


def _people() -> list[Table]:
    people = [
        Person(id=name, email=f"{name}@example.org", name=name.capitalize(), created_at=FIRST)
        for name in PEOPLE
    ]
    grants = [
        Grant(
            id=f"grant-{name}",
            person_id=name,
            role=role,
            plan_code=None if role == Role.ADMINISTRATOR else PLAN,
            area_id=area,
            since=FIRST,
            until=FOREVER,
            granted_by="system",
            granted_at=FIRST,
        )
        for name, (role, area) in PEOPLE.items()
    ]
    return [*people, *grants]
