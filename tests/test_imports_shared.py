"""Files that many have, read whole: what is odd in them is told, and nothing is invented."""

import gzip
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from dashboard.services import imports, plans
from models import SYSTEM, open_database, unit_of_work
from models.migrations import upgrade
from seed import content
from tests.tiny import NOON

DATA = Path(__file__).parents[2] / "shared" / "data"
GLOTIP = DATA / "glotip" / "glotip_2023_raw.csv.gz"
SDG = DATA / "sdg_16_2_2" / "sdg_16_2_2_2020.csv"
POPULATION = DATA / "population" / "population_wb_1960_2024.csv"
PLAN = "UN-GPA"

pytestmark = pytest.mark.skipif(not GLOTIP.exists(), reason="the shared data are not here")


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """Give a record with the Global Plan and no figure."""
    made = open_database(f"sqlite:///{tmp_path_factory.mktemp('shared') / 'headway.db'}")
    upgrade(made)
    unit_of_work(made, lambda session: plans.install_areas(session, SYSTEM, now=NOON))
    plan = content.read(PLAN)
    unit_of_work(made, lambda session: plans.install(session, SYSTEM, plan, now=NOON))
    return made


def look(engine: Engine, data: bytes, *, people: bytes) -> imports.Looked:
    about = {"plan": PLAN, "name": "f.csv", "population": people, "now": NOON}
    return imports.looking(engine, SYSTEM, data, **about)


def errors_of(looked: imports.Looked) -> Counter[str]:
    return Counter(fault.name for fault in looked.faults)


@pytest.mark.parametrize("is_peopled", [True, False])
def test_glotip_is_known_and_every_trap_in_it_is_told(engine: Engine, is_peopled: bool) -> None:
    people = POPULATION.read_bytes() if is_peopled else b""
    looked = look(engine, gzip.decompress(GLOTIP.read_bytes()), people=people)
    found = errors_of(looked)
    assert looked.ready == "UNODC GLOTIP"
    assert found["pooled reporters"] > 0
    assert found["conflict"] > 0
    assert found["duplicate"] > 0
    assert found["no area"] > 0
    shown = imports.table(looked)
    bounds = shown[shown["qualifier"] == "<"]
    assert len(bounds) > 10_000
    assert (bounds["value"].astype("float64") > 0).all()  # never nought, and never without its sign
    if not is_peopled:
        assert looked.sendable == 0  # a count is no rate


def test_victims_that_the_sdg_database_counts_become_rates(engine: Engine) -> None:
    looked = look(engine, SDG.read_bytes(), people=POPULATION.read_bytes())
    assert looked.ready == "UN SDG Global Database"
    assert set(errors_of(looked)) <= {"no population", "before the baseline"}
    shown = imports.table(looked)
    row = shown[(shown["area"] == "AFG") & (shown["period"] == "2010") & (shown["cell"] == "_T")]
    stored = row[row["outcome"] == "new"]
    assert (stored["value"].astype("float64") < 5).all()
    numerator = stored["numerator"].astype("float64")
    rate = 100_000 * numerator / stored["denominator"].astype("float64")
    assert stored["value"].astype("float64").to_list() == pytest.approx(rate.to_list(), rel=1e-3)
