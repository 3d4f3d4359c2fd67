"""What a browser may say over the connection of a page, and what is dropped."""

from pathlib import Path

import pytest
from sqlalchemy.engine import Engine
from streamlit.proto.BackMsg_pb2 import BackMsg

from dashboard.web.messages import is_allowed
from tests import door as doors
from tests.door import Clock

RERUN = BackMsg()
RERUN.rerun_script.query_string = "country=KEN"


def operation(payload: str) -> BackMsg:
    message = BackMsg()
    getattr(message.backend_operation_request, payload).SetInParent()
    return message


@pytest.mark.parametrize(
    "message",
    [
        RERUN,
        BackMsg(stop_script=True),
        BackMsg(app_heartbeat=True),
        operation("deferred_file"),
        operation("dataframe_chunk"),
    ],
)
def test_what_pages_need_passes(message: BackMsg) -> None:
    assert is_allowed(message.SerializeToString())


@pytest.mark.parametrize(
    "message",
    [
        BackMsg(clear_cache=True),
        BackMsg(load_git_info=True),
        BackMsg(set_run_on_save=True),
        BackMsg(debug_disconnect_websocket=True),
        BackMsg(debug_shutdown_runtime=True),
        operation("install_skills"),
        operation("dismiss_skills_nudge"),
        BackMsg(),
    ],
)
def test_what_is_for_developers_or_hurts_others_is_dropped(message: BackMsg) -> None:
    assert not is_allowed(message.SerializeToString())


def test_a_message_cannot_hide_behind_another() -> None:
    hidden = RERUN.SerializeToString() + BackMsg(clear_cache=True).SerializeToString()
    assert not is_allowed(hidden)


def test_what_cannot_be_read_is_left_to_streamlit() -> None:
    assert is_allowed(b"\xff\xff")


def test_the_connection_goes_on_after_a_dropped_message(database: Engine, tmp_path: Path) -> None:
    browser = doors.client(doors.door(database, tmp_path, Clock()))
    with browser.websocket_connect(doors.STREAM) as connection:
        connection.send_bytes(BackMsg(clear_cache=True).SerializeToString())
        connection.send_bytes(RERUN.SerializeToString())
        assert connection.receive_bytes() == RERUN.SerializeToString()
