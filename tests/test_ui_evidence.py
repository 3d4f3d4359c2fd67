"""The pages of evidence and of the three voices, as each visitor would open them."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.engine import Engine
from streamlit.testing.v1 import AppTest

from dashboard.services import evidence, observations, review, voices
from dashboard.services.lookup import Ref
from models import Identity, Voice, unit_of_work
from tests.test_pages import browser  # noqa: F401 - a fixture
from tests.tiny import NOON, PERCENT, PLAN, draft

Open = Callable[..., AppTest]


@pytest.fixture
def proved(database: Engine, coordinator: Identity, reviewer: Identity) -> Ref:
    """Give an accepted figure of Kenya that rests on a public link of its library."""

    def work(session: Any) -> Ref:
        ref = observations.submit(session, coordinator, draft(), plan=PLAN, token="o", now=NOON)
        fields = {"title": "Annual report of the Ministry", "is_public": True}
        number = evidence.add(
            session,
            coordinator,
            "KEN",
            fields,
            "https://example.org/report.pdf",
            plan=PLAN,
            token="e",
            now=NOON,
        )
        evidence.use(session, coordinator, ref, number, plan=PLAN, now=NOON)
        review.accept(session, reviewer, ref, plan=PLAN, now=NOON)
        return ref

    return unit_of_work(database, work)


def shown(app: AppTest) -> str:
    """Return all HTML and text of a page."""
    pieces = [str(one.proto.body) for one in app.get("html")]
    pieces += [str(one.value) for one in (*app.markdown, *app.caption, *app.subheader)]
    return " ".join(pieces)


def test_the_library_shows_the_public_what_an_accepted_figure_rests_on(
    browser: Open,  # noqa: F811
    proved: Ref,
) -> None:
    app = browser("library", area="KEN")
    assert not app.exception
    assert "Annual report of the Ministry" in shown(app)
    assert "Add to the library" not in shown(app)


def test_a_coordinator_adds_a_link_and_sees_what_rests_on_it(
    browser: Open,  # noqa: F811
    proved: Ref,
) -> None:
    app = browser("library", who="coordinator", area="KEN")
    assert "KEN-1" in shown(app), "the figure that rests on the piece"
    title, link = app.text_input[0], app.text_input[1]
    title.set_value("Decree 12")
    link.set_value("https://example.org/decree")
    next(one for one in app.button if one.label == "Add").click().run()
    assert not app.exception
    assert "Decree 12" in shown(app)


def test_the_page_of_a_figure_links_its_evidence_and_lets_the_state_reply(
    browser: Open,  # noqa: F811
    database: Engine,
    proved: Ref,
    evaluator: Identity,
) -> None:
    text = "The register counts cases, not persons."
    unit_of_work(
        database,
        lambda session: voices.give(
            session, evaluator, proved, Voice.EVALUATOR, text, plan=PLAN, token="f", now=NOON
        ),
    )
    stranger = shown(browser("value", indicator=PERCENT, area="KEN"))
    assert "KEN-E1" in stranger
    assert text not in stranger, "the State replies before it is published"

    app = browser("value", who="coordinator", indicator=PERCENT, area="KEN")
    assert not app.exception
    assert text in shown(app)
    place = next(i for i, one in enumerate(app.expander) if one.label == "Reply for the State")
    reply = app.expander[place]
    reply.text_area[0].set_value("The next report counts persons.")
    reply.button[0].click().run()
    assert not app.exception
    assert "The next report counts persons." in shown(app)


def test_what_waits_for_a_reply_stands_among_the_tasks(
    browser: Open,  # noqa: F811
    database: Engine,
    proved: Ref,
    evaluator: Identity,
) -> None:
    from dashboard.ui import visit

    unit_of_work(
        database,
        lambda session: voices.give(
            session,
            evaluator,
            proved,
            Voice.EVALUATOR,
            "A finding.",
            plan=PLAN,
            token="f",
            now=visit.now(),
        ),
    )
    assert "A finding." in shown(browser("tasks", who="coordinator"))
