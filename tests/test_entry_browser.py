"""Reporting in a real browser: few interactions, nothing typed is lost, nobody is overwritten."""

import contextlib
import os
import re
import signal
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from sqlmodel import Session, and_, col, func, select

from dashboard.services import access, drafts, lookup, rounds, sessions
from dashboard.settings import Settings
from models import (
    FIRST,
    FOREVER,
    Grant,
    Observation,
    Person,
    ReportingRound,
    ReviewState,
    Role,
    State,
    open_database,
    unit_of_work,
)
from tests.browser import ROOT, Visit, _wait_for, environment, headway
from tests.postgres import free_port

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PLAN, AREA, PERIOD = "UN-GPA", "UGA", "2026"
CORE: Final = 17
KEYS: Final = 60
"""Milliseconds between two keys: a fast typist."""


@dataclass
class Server:
    """The dashboard at one address, which can be killed and started again."""

    home: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        with (self.home / "run.log").open("ab") as log:
            self.process = subprocess.Popen(
                headway("run", "--port", str(self.port)),
                env=environment(self.home),
                stdout=log,
                stderr=log,
                cwd=ROOT,
                start_new_session=True,
            )
        _wait_for(self.process, f"{self.address}/_stcore/health", self.home / "run.log")

    def signal(self, what: int) -> None:
        """Send a signal to it and all it started."""
        assert self.process is not None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, what)

    def kill(self) -> None:
        """Kill it without a warning."""
        self.signal(signal.SIGKILL)
        assert self.process is not None
        self.process.wait()


@pytest.fixture
def server(home: Path) -> Iterator[Server]:
    """Give a dashboard with a made-up round that asks one country for the core indicators."""
    made = Server(home)
    act(home, _open_round)
    made.start()
    yield made
    made.signal(signal.SIGCONT)
    made.kill()


def act(home: Path, work: Callable[[Session], Any]) -> Any:
    """Do something in the record of this home."""
    engine = open_database(Settings.read({"HEADWAY_HOME": str(home)}).database)
    try:
        return unit_of_work(engine, work)
    finally:
        engine.dispose()


def _open_round(session: Session) -> None:
    now = datetime.now(UTC)
    for name in ("nora", "noah"):
        person = Person(id=name, email=f"{name}@example.org", name=name.title(), created_at=FIRST)
        session.add(person)
    session.flush()
    area = lookup.area(session, AREA)
    for name in ("nora", "noah"):
        session.add(
            Grant(
                id=f"grant-{name}",
                person_id=name,
                role=Role.COORDINATOR,
                plan_code=PLAN,
                area_id=area.id,
                since=FIRST,
                until=FOREVER,
                granted_by="system",
                granted_at=FIRST,
            )
        )
    session.flush()
    secretariat = session.exec(select(Person).where(Person.email == "secretariat@demo.example"))
    who = access.identity(session, secretariat.one().id, now=now)
    demo = session.exec(select(ReportingRound)).first()
    assert demo is not None
    indicators, _measures = rounds.codes_asked(session, demo)
    fields = {
        "name": "Made-up round",
        "period": PERIOD,
        "opens": now.date(),
        "due": now.date() + timedelta(days=30),
        "contact": "rounds@example.org",
        "areas": (AREA,),
        "indicators": tuple(indicators),
        "measures": (),
    }
    assert len(indicators) == CORE
    rounds.open_round(session, who, rounds.parse(fields), plan=PLAN, token="made up", now=now)


@contextlib.contextmanager
def visiting(browser: Browser, server: Server, who: str = "nora") -> Iterator[Visit]:
    """Open a browser of one's own, signed in."""
    token = act(
        server.home,
        lambda session: sessions.open_session(
            session, who, method="password", agent="", hours=12, now=datetime.now(UTC)
        ),
    )
    with browser.new_context(viewport={"width": 1440, "height": 1000}, locale="en-GB") as context:
        context.add_cookies([{"name": sessions.COOKIE, "value": token, "url": server.address}])
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        yield Visit(context.new_page(), server.address)


@dataclass
class Hands:
    """What a person does in a page, counted: a click, a text typed, a key pressed."""

    page: Page
    count: int = 0

    def click(self, what: Any) -> None:
        """Click something."""
        what.click()
        self.count += 1

    def type(self, text: str, key: str) -> None:
        """Type a text and end it with a key: two interactions."""
        self.page.keyboard.type(text, delay=KEYS)
        self.page.keyboard.press(key)
        self.count += 2


def grid(visit: Visit) -> Page:
    """Open the grid of the made-up round."""
    code = act(home_of(visit), _code)
    page = visit.open(f"/entry?area={AREA}&section=round:{code}")
    page.locator(".hw-sheet[data-made] input").first.wait_for()
    visit.settle()
    return page


HOMES: dict[str, Path] = {}


def home_of(visit: Visit) -> Path:
    """Return the home behind an address."""
    return HOMES[visit.address]


@pytest.fixture(autouse=True)
def known(server: Server) -> None:
    """Remember which home is behind which address."""
    HOMES[server.address] = server.home


def _round(session: Session) -> ReportingRound:
    found = session.exec(select(ReportingRound).where(ReportingRound.name == "Made-up round"))
    return found.one()


def _code(session: Session) -> str:
    return _round(session).code


def cell(page: Page, row: int, name: str = "value") -> Locator:
    """Return a field of the grid."""
    return page.locator(f'.hw-sheet [data-row="{row}"][data-field="{name}"]')


def enter(hands: Hands, values: list[str], row: int = 0) -> None:
    """Type values one below the other, at a typist's pace, and never twice."""
    hands.click(cell(hands.page, row))
    for value in values:
        hands.type(value, "Enter")


def keeps(page: Page) -> None:
    """Wait until the grid says that all is kept."""
    expect(page.locator(".hw-sheet output[data-state=kept]")).to_be_visible(timeout=60_000)


def shows(page: Page, values: list[str]) -> None:
    """Wait until the grid shows these values from its first row on."""
    for row, value in enumerate(values):
        expect(cell(page, row)).to_have_value(value, timeout=60_000)


def typed(home: Path, who: str = "nora") -> list[str]:
    """Return the values that are kept for somebody, in the order of the grid."""

    def find(session: Session) -> list[str]:
        identity = access.identity(session, who, now=datetime.now(UTC))
        kept = drafts.cells(session, identity, plan=PLAN, area=AREA)
        indicators, _measures = rounds.codes_asked(session, _round(session))
        by_code = {one.indicator: str(content.get("value", "")) for one, content in kept.items()}
        return [by_code.get(code, "") for code in indicators]

    found: list[str] = act(home, find)
    return found


def sent(home: Path) -> int:
    """Return how many figures of the two people of the round wait for review."""

    def count(session: Session) -> int:
        waits = (
            select(func.count())
            .select_from(Observation)
            .join(
                ReviewState,
                and_(
                    col(ReviewState.area_id) == col(Observation.area_id),
                    col(ReviewState.seq) == col(Observation.seq),
                ),
            )
            .where(
                col(Observation.author_id).in_(["nora", "noah"]),
                col(ReviewState.state) == State.SUBMITTED,
            )
        )
        return session.exec(waits).one()

    found: int = act(home, count)
    return found


VALUES = [
    "2",
    "7",
    "41,5",
    "3",
    "2",
    "3",
    "3",
    "52",
    "2",
    "61,5",
    "70",
    "20",
    "2",
    "3",
    "2",
    "45",
    "60",
]


def test_a_new_coordinator_delivers_seventeen_figures_in_sixty_interactions(
    browser: Browser, server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    with visiting(browser, server) as visit:
        round_ = act(server.home, _code)
        page, hands = visit.open(f"/tasks?round={round_}"), Hands(visit.page)
        hands.click(page.get_by_text("Fill in all figures in one grid"))
        page.locator(".hw-sheet[data-made] input").first.wait_for()
        visit.settle()
        hands.click(page.get_by_label("Source of rows that name none"))
        hands.type("National report on trafficking, 2025", "Enter")
        visit.settle()
        enter(hands, VALUES)
        keeps(page)
        expect(page.get_by_text("17 of 17")).to_be_visible(timeout=60_000)
        visit.settle()
        visit.picture("entry-grid-filled")
        confirm = page.get_by_text(re.compile("without a word .* right as"))
        if confirm.count():  # values far from those of the years before
            hands.click(confirm)
        send = page.get_by_role("button", name="Send 17 to review")
        send.wait_for()
        for _click in range(10):  # a double click, and then some
            send.evaluate("button => button.click()")
        hands.count += 1
        page.get_by_text("17 figures were sent to review").wait_for()
        visit.picture("entry-grid-sent")
        hands.click(page.get_by_role("button", name="Declare complete"))
        page.get_by_text(re.compile(rf"under the number {AREA}-2\d+-0001")).wait_for()
        visit.picture("entry-grid-receipt")
        assert not visit.faults, visit.faults
    with capsys.disabled():
        print(f"\n{CORE} entries of one country delivered in {hands.count} interactions")
    assert hands.count <= 60
    assert sent(server.home) == CORE
    assert typed(server.home) == [""] * CORE


def test_what_was_typed_outlives_the_server_the_tab_and_the_connection(
    browser: Browser, server: Server
) -> None:
    with visiting(browser, server) as visit:
        page = grid(visit)
        hands = Hands(page)
        enter(hands, VALUES[:4])
        server.kill()  # in the middle of the work, without a word
        enter(hands, VALUES[4:6], row=4)
        expect(page.locator(".hw-sheet output[data-state=waiting]")).to_be_visible(timeout=60_000)
        server.start()
        keeps(page)
        shows(page, VALUES[:6])
        visit.settle()
        enter(hands, VALUES[6:8], row=6)
        keeps(page)
        assert typed(server.home)[:8] == VALUES[:8]
        expect(page.get_by_text("8 of 17")).to_be_visible(timeout=120_000)  # the page is back

        server.signal(signal.SIGSTOP)  # the line is dead, and nobody says so
        enter(hands, VALUES[8:12], row=8)
        server.signal(signal.SIGCONT)
        keeps(page)
        visit.settle()
        expect(page.get_by_text("12 of 17")).to_be_visible(timeout=120_000)

        page.context.set_offline(True)  # the tab is closed while there is no line
        enter(hands, VALUES[12:14], row=12)
        page.close()
        again = Visit(visit.page.context.new_page(), server.address)
        again.page.context.set_offline(False)
        shows(grid(again), VALUES[:14])
        keeps(again.page)
    assert typed(server.home)[:14] == VALUES[:14]


def test_no_key_is_lost_however_fast_it_is_typed(browser: Browser, server: Server) -> None:
    with visiting(browser, server) as visit:
        page = grid(visit)
        cell(page, 0, "note").click()
        for row in range(6):
            page.keyboard.type(f"Survey of 2025, table {row}, as published.")
            page.keyboard.press("Enter")
            page.evaluate("document.querySelector('[class*=st-key-grid_look] button').click()")
        for row in range(6):
            said = f"Survey of 2025, table {row}, as published."
            expect(cell(page, row, "note")).to_have_value(said)
        keeps(page)
        page.keyboard.press("Shift+Enter")
        page.keyboard.press("ArrowUp")
        expect(cell(page, 4, "note")).to_be_focused()
        page.keyboard.press("Shift+Tab")
        expect(cell(page, 4, "evidence")).to_be_focused()


def test_forty_cells_are_pasted_from_a_spreadsheet(browser: Browser, server: Server) -> None:
    rows = [f"{value}\t\t\tTable {number}" for number, value in enumerate(VALUES[:10], 1)]
    rows[1] = '7\t\t\t"Table ""2"",\nsecond line"'
    with visiting(browser, server) as visit:
        page = grid(visit)
        # The last row ends in empty cells, and the last line with a line end, as Excel writes it.
        text = "\r\n".join([*rows[:9], f"{VALUES[9]}\t\t\t"]) + "\r\n"
        page.evaluate("text => navigator.clipboard.writeText(text)", text)
        cell(page, 0).click()
        page.keyboard.press("Control+v")
        keeps(page)
        expect(page.get_by_text("10 of 17")).to_be_visible(timeout=60_000)
        expect(cell(page, 8, "source")).to_have_value("Table 9")
        expect(cell(page, 1, "source")).to_have_value(re.compile('Table "2",.*second line'))
        visit.picture("entry-grid-pasted")
    assert typed(server.home)[:11] == [*VALUES[:10], ""]


def test_two_people_fill_in_one_country_and_neither_is_lost(
    browser: Browser, server: Server
) -> None:
    with visiting(browser, server) as one, visiting(browser, server, "noah") as two:
        first, second = grid(one), grid(two)
        enter(Hands(first), ["2"])
        enter(Hands(second), ["3"])
        for visit, page in ((one, first), (two, second)):
            keeps(page)
            page.get_by_label("Source of rows that name none").fill("National report, 2026")
            page.get_by_label("Source of rows that name none").press("Enter")
            visit.settle()
        _send_one(one)
        _send_one(two)
        merge = second.get_by_text(re.compile("somebody sent UGA-.* while you were typing"))
        merge.wait_for()
        two.picture("entry-grid-merge")
        assert typed(server.home, "noah")[0] == "3", "what was typed stays until it is decided"
        second.get_by_role("button", name="Keep this one").click()
        two.settle()
        _send_one(two)
        second.get_by_text("1 figure was sent to review").wait_for()
    assert sent(server.home) == 1


def _send_one(visit: Visit) -> None:
    confirm = visit.page.get_by_text(re.compile("without a word .* right as"))
    if confirm.count():
        confirm.click()
        visit.settle()
    visit.page.get_by_role("button", name="Send 1 to review").click()
    visit.settle()
