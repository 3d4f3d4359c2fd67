"""The persons of the demonstration: one a role, none of them real."""

from typing import Final, NamedTuple

from models import Role


class DemoPerson(NamedTuple):
    """Somebody who can sign in to the demonstration."""

    key: str  # by which generated rows name their author and their reviewer
    name: str
    email: str
    role: Role
    area: str | None = None  # where the role holds; none: everywhere


HOME: Final = "KEN"
"""The State whose coordinator can sign in."""

PEOPLE: Final = (
    DemoPerson("viewer", "Vera Viewer", "viewer@demo.example", Role.VIEWER),
    DemoPerson(
        "coordinator", "Cora Coordinator", "coordinator@demo.example", Role.COORDINATOR, HOME
    ),
    DemoPerson(
        "regional",
        "Rolf Regional",
        "regional@demo.example",
        Role.COORDINATOR,
        "ECOWAS",
    ),
    DemoPerson("focal", "Femi Focal", "focal@demo.example", Role.FOCAL_POINT, HOME),
    DemoPerson("reviewer", "Rita Reviewer", "reviewer@demo.example", Role.REVIEWER),
    DemoPerson("evaluator", "Eva Evaluator", "evaluator@demo.example", Role.EVALUATOR),
    DemoPerson("society", "Nadia Network", "society@demo.example", Role.CIVIL_SOCIETY),
    DemoPerson("secretariat", "Sefa Secretariat", "secretariat@demo.example", Role.SECRETARIAT),
    DemoPerson(
        "administrator", "Adam Administrator", "administrator@demo.example", Role.ADMINISTRATOR
    ),
)

ELSEWHERE: Final = "demo"
"""Who wrote the rows of all other States: nobody who can sign in."""
