"""The whole process as it is installed: started from elsewhere, visited, and stopped."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.NewSession_pb2 import Config
from streamlit.web.server.app_discovery import discover_asgi_app
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from dashboard.settings import Settings
from dashboard.web import listening, serve
from models import Unavailable
from tests.postgres import free_port

ROOT = Path(__file__).parent.parent
START = (
    "import os, sys; from dashboard.settings import Settings; from dashboard.web import serve;"
    "serve.serve(Settings.read(os.environ), '127.0.0.1', int(sys.argv[1]))"
)
PATIENCE = 60.0


class Server:
    """A running server on loopback."""

    def __init__(self, home: Path, elsewhere: Path, **environment: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = elsewhere / "log"
        clean = {name: value for name, value in os.environ.items() if "HEADWAY" not in name}
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", START, str(self.port)],
                env=clean | {"HEADWAY_HOME": str(home)} | environment,
                cwd=elsewhere,
                stdout=log,
                stderr=log,
            )
        self.wait()

    def wait(self) -> None:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and self.process.poll() is None:
            try:
                httpx2.get(f"{self.url}/_stcore/health").raise_for_status()
                return
            except httpx2.HTTPError:
                time.sleep(0.05)
        raise AssertionError(self.log.read_text())

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=30)

    def page(self) -> ClientConnection:
        address = f"ws://127.0.0.1:{self.port}/_stcore/stream"
        return connect(address, subprotocols=[Subprotocol("streamlit")], proxy=None, max_size=None)


@pytest.fixture(scope="module")
def home(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make an installation with the tiny record."""
    made = tmp_path_factory.mktemp("home")
    shutil.copyfile(template, made / "headway.db")
    return made


@pytest.fixture(scope="module")
def server(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(home, tmp_path_factory.mktemp("elsewhere"))
    yield running
    running.process.kill()
    running.process.wait()


def run(connection: ClientConnection) -> list[ForwardMsg]:
    """Ask for a run of the first page and return all that came until it had finished."""
    asked = BackMsg()
    asked.rerun_script.query_string = ""
    connection.send(asked.SerializeToString())
    came: list[ForwardMsg] = []
    while not came or came[-1].WhichOneof("type") != "script_finished":
        raw = connection.recv(timeout=PATIENCE)
        assert isinstance(raw, bytes)
        came.append(ForwardMsg.FromString(raw))
    return came


def test_streamlit_recognises_the_process_as_its_own() -> None:
    found = discover_asgi_app(ROOT / "dashboard" / "asgi.py")
    assert (found.is_asgi_app, found.import_string) == (True, "asgi:app")


def test_there_is_no_folder_of_pages_beside_the_entry() -> None:
    assert not (ROOT / "dashboard" / "pages").exists()  # or a deep link would pass by the entry


def test_our_settings_and_look_are_in_force_from_any_folder(server: Server) -> None:
    with server.page() as connection:
        told = next(one.new_session for one in run(connection) if one.HasField("new_session"))
    assert not told.config.gather_usage_stats
    assert told.config.toolbar_mode == Config.ToolbarMode.VIEWER
    assert told.config.max_cached_message_age > 0
    assert "IBM Plex Sans" in told.custom_theme.body_font


def test_a_stranger_cannot_hurt_others_over_the_connection(server: Server) -> None:
    with server.page() as connection:
        for wish in (BackMsg(clear_cache=True), BackMsg(load_git_info=True)):
            connection.send(wish.SerializeToString())
        kinds = {one.WhichOneof("type") for one in run(connection)}
    assert "git_info_changed" not in kinds
    assert "script_finished" in kinds


def test_streamlits_files_come_compressed_and_are_kept_for_ever(server: Server) -> None:
    page = httpx2.get(f"{server.url}/").text
    bundle = page.split('<script type="module" crossorigin src=".')[1].split('"')[0]
    answer = httpx2.get(server.url + bundle)
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert "immutable" in answer.headers["cache-control"]
    assert int(answer.headers["content-length"]) < len(answer.content) / 2


def test_what_streamlit_would_tell_anyone_is_closed(server: Server) -> None:
    for address in ("/_stcore/metrics", "/_stcore/agent/openapi.json", "/auth/login"):
        assert httpx2.get(server.url + address).status_code == 404
    assert httpx2.get(server.url + "/%5fstcore/metrics").status_code == 404
    assert "server" not in httpx2.get(server.url).headers


def test_the_secret_of_the_installation_is_its_owners(server: Server, home: Path) -> None:
    assert (home / "secret").stat().st_mode & 0o777 == 0o600
    assert len(bytes.fromhex((home / "secret").read_text())) == 32


def test_a_private_installation_is_closed_from_the_first_moment(home: Path, tmp_path: Path) -> None:
    private = Server(home, tmp_path, HEADWAY_PUBLIC="no")
    try:
        assert httpx2.get(private.url, follow_redirects=False).status_code == 303
        with pytest.raises(InvalidStatus) as refused:
            private.page()
        assert refused.value.response.status_code == 403
    finally:
        assert private.stop() == -signal.SIGTERM
    assert "Traceback" not in private.log.read_text()


def test_a_port_in_use_is_told_with_a_way_out(server: Server) -> None:
    with pytest.raises(Unavailable, match=rf"Port {server.port} on 127.0.0.1 is not free"):
        listening.listen("127.0.0.1", server.port)


def test_a_database_that_is_not_there_is_told_with_a_way_out(tmp_path: Path) -> None:
    settings = Settings.read({"HEADWAY_HOME": str(tmp_path)})
    with pytest.raises(Unavailable, match="headway init"):
        serve.serve(settings, "127.0.0.1", free_port())
