"""Errors of ours: a calm sentence and a number for people, the rest for the log."""

import logging
import re
from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.testclient import TestClient
from streamlit import config
from streamlit.testing.v1 import AppTest

from dashboard.web import errors, headers, paper, platform
from models import NotAllowed

NUMBER = re.compile(r"[2-9C-Z]{4}-[2-9C-Z]{4}")


def test_a_number_is_easy_to_read_out_and_never_the_same() -> None:
    numbers = {paper.reference() for _ in range(1000)}
    assert len(numbers) == 1000
    assert all(NUMBER.fullmatch(number) for number in numbers)
    assert not set("0O1IL8B").difference("8").intersection("".join(numbers))


def broken() -> None:
    from dashboard.web import errors

    errors.on_script_error(ZeroDivisionError("the secret is 42"))


def test_a_visitor_sees_a_sentence_and_a_number_and_nothing_of_the_error() -> None:
    app = AppTest.from_function(broken).run()
    shown = app.error[0].value
    assert shown.startswith("Something went wrong on our side; nothing was lost.")
    assert NUMBER.search(shown)
    assert "42" not in shown
    assert not app.exception


def refused() -> None:
    from dashboard.web import errors
    from models import NotAllowed

    errors.on_script_error(NotAllowed("You do not review this area."))


def test_what_we_refuse_on_purpose_is_told_as_it_is() -> None:
    assert AppTest.from_function(refused).run().error[0].value == "You do not review this area."


class Keeping(logging.Handler):
    """A log that can be looked at."""

    def __init__(self, kept: list[logging.LogRecord]) -> None:
        super().__init__()
        self.kept = kept

    def emit(self, record: logging.LogRecord) -> None:
        self.kept.append(record)


@pytest.fixture
def entries() -> Iterator[list[logging.LogRecord]]:
    """Collect what Streamlit's log of page errors writes."""
    kept: list[logging.LogRecord] = []
    log = logging.getLogger("test of numbered entries")
    log.propagate = False
    log.addFilter(errors.Numbered())
    handler = Keeping(kept)
    log.addHandler(handler)
    yield kept
    log.removeHandler(handler)


def test_the_log_tells_everything_under_the_same_number(entries: list[logging.LogRecord]) -> None:
    error = ZeroDivisionError("the secret is 42")
    log = logging.getLogger("test of numbered entries")
    log.error("Uncaught app execution", exc_info=error)
    (entry,) = entries
    assert entry.getMessage().startswith(f"{errors.number(error)}: ")
    assert entry.exc_info is not None


def test_refusals_are_no_errors_for_the_log(entries: list[logging.LogRecord]) -> None:
    log = logging.getLogger("test of numbered entries")
    log.error("Uncaught app execution", exc_info=NotAllowed("No."))
    assert entries == []
    log.error("no exception at all")
    assert len(entries) == 1


def test_a_request_that_fails_gets_a_page_with_the_number(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def fail(_request: Request) -> Response:
        raise ZeroDivisionError("the secret is 42")

    app = Starlette(routes=[Route("/", fail)], exception_handlers={500: errors.on_server_error})
    answer = TestClient(app, raise_server_exceptions=False).get("/")
    assert answer.status_code == 500
    found = NUMBER.search(answer.text)
    assert found is not None
    assert found[0] in caplog.text
    assert "42" not in answer.text
    for name in headers.ALWAYS:
        assert name in answer.headers


@pytest.fixture
def options() -> Iterator[None]:
    """Put Streamlit's settings back at the end."""
    yield
    config.get_config_options(force_reparse=True)


@pytest.mark.usefixtures("options")
def test_what_we_rely_on_is_in_force_whatever_the_launcher() -> None:
    platform.enforce("a secret")
    assert platform.warnings() == []
    assert config.get_option("runner.postScriptGC") is False
    assert config.get_option("server.cookieSecret") == "a secret"
    assert any(
        isinstance(one, errors.Numbered)
        for one in logging.getLogger("streamlit.error_util").filters
    )


@pytest.mark.usefixtures("options")
def test_what_an_operator_set_on_purpose_stays_and_is_warned_of() -> None:
    config.set_option("server.maxUploadSize", 500, "the command line")
    config.set_option("client.toolbarMode", "minimal", "the command line")
    platform.enforce("a secret")
    assert platform.warnings() == [
        "Streamlit's server.maxUploadSize is 500, set in the command line: Headway relies on 10."
    ]
