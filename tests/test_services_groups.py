"""Roles from groups of a provider: what the setting may say, and that they are given once."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from dashboard.services import groups
from dashboard.settings import GroupRole, Settings
from dashboard.web.serve import check_record
from models import BadInput, Grant, Role, columns, reading, unit_of_work
from tests.tiny import NOON, PLAN

PROVIDER = {
    "HEADWAY_OIDC_ISSUER": "https://id.example",
    "HEADWAY_OIDC_CLIENT_ID": "headway",
    "HEADWAY_OIDC_CLIENT_SECRET": "secret",
}


def read(**settings: str) -> Settings:
    return Settings.read(
        PROVIDER | {f"HEADWAY_OIDC_{name}": word for name, word in settings.items()}
    )


def test_the_setting_is_written_as_it_is_spoken() -> None:
    oidc = read(
        GROUPS="ministry-kenya = coordinator in KEN for UN-GPA;\nCN=Head,OU=Law = viewer for A;"
        "all staff=secretariat; all staff = secretariat ;"
    ).oidc
    assert oidc is not None
    assert oidc.groups == (
        GroupRole("ministry-kenya", Role.COORDINATOR, "KEN", "UN-GPA"),
        GroupRole("CN=Head,OU=Law", Role.VIEWER, None, "A"),
        GroupRole("all staff", Role.SECRETARIAT),
    )
    assert str(oidc.groups[0]) == "ministry-kenya = coordinator in KEN for UN-GPA"
    assert (oidc.claim, oidc.scopes, oidc.asks_code) == ("groups", "openid email profile", False)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"GROUPS": "staff coordinator"}, "write GROUP = ROLE in AREA for PLAN"),
        ({"GROUPS": "= coordinator"}, "write GROUP = ROLE"),
        ({"GROUPS": "staff ="}, "write GROUP = ROLE"),
        ({"GROUPS": "staff = coordinator for TINY in KEN"}, "write GROUP = ROLE"),
        ({"GROUPS": "staff = king"}, "has 'king' for a role: write one of viewer, coordinator"),
        ({"SCOPES": "email groups"}, "HEADWAY_OIDC_SCOPES: has no openid"),
        ({"SECOND_FACTOR": "perhaps"}, "HEADWAY_OIDC_SECOND_FACTOR: is 'perhaps'"),
    ],
)
def test_a_wrong_setting_is_a_sentence(settings: dict[str, str], said: str) -> None:
    with pytest.raises(BadInput) as caught:
        read(**settings)
    assert said in str(caught.value)


def test_a_place_that_the_record_has_not_ends_the_start_in_a_sentence(
    database: Engine, tmp_path: Path
) -> None:
    check_record(Settings.read(PROVIDER | _here(tmp_path, "g = viewer in KEN for TINY")))
    wrong = "a = viewer in KENYA; b = viewer for NONE; c = viewer in EAC"
    with pytest.raises(BadInput) as caught:
        check_record(Settings.read(PROVIDER | _here(tmp_path, wrong)))
    assert str(caught.value).splitlines() == [
        "HEADWAY_OIDC_GROUPS: has 'b = viewer for NONE': no plan has the code NONE",
        "HEADWAY_OIDC_GROUPS: has 'a = viewer in KENYA': no area has the code KENYA",
    ]


def _here(home: Path, rules: str) -> dict[str, str]:
    return {"HEADWAY_HOME": str(home), "HEADWAY_OIDC_GROUPS": rules}


def test_sign_ins_at_once_give_a_role_once(engine: Engine) -> None:
    rules = (GroupRole("staff", Role.COORDINATOR, "KEN", PLAN),)

    def sign_in(_n: int) -> None:
        unit_of_work(
            engine,
            lambda session: groups.match(session, "viewer", frozenset({"staff"}), rules, now=NOON),
        )

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(sign_in, range(16)))
    grant = columns(Grant)
    with reading(engine) as session:
        found = session.execute(sa.select(grant.c.role).where(grant.c.from_group == "staff")).all()
    assert len(found) == 1
