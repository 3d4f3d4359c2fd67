"""A visitor without a browser: opens a page of a Streamlit server on loopback and counts bytes.

It speaks the server's own protocol. A visit fetches `/` for the cookie, opens the websocket, asks
for a run of the script and reads until the run has finished.
"""

import urllib.request
from contextlib import ExitStack
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

PATIENCE = 60.0


class Broken(Exception):
    """The server showed an error, or nothing."""


@dataclass
class Visitor:
    """One open page of a server on loopback."""

    port: int
    page: str = ""
    query: str = ""
    received: int = 0
    _known: list[str] = field(default_factory=list)
    _pages: dict[str, str] = field(default_factory=dict)
    _stack: ExitStack = field(default_factory=ExitStack)
    _socket: ClientConnection | None = None

    def __enter__(self) -> Self:
        """Fetch the cookie and open the websocket."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/", timeout=PATIENCE) as answer:
            answer.read()
            cookies = [line.split(";")[0] for line in answer.headers.get_all("Set-Cookie") or []]
        xsrf = [line.partition("=")[2] for line in cookies if line.startswith("_streamlit_xsrf=")]
        self._socket = self._stack.enter_context(
            connect(
                f"ws://127.0.0.1:{self.port}/_stcore/stream",
                origin=Origin(f"http://127.0.0.1:{self.port}"),
                additional_headers={"Cookie": "; ".join(cookies)} if cookies else None,
                subprotocols=[Subprotocol(word) for word in ("streamlit", *xsrf)],
                max_size=None,
                open_timeout=PATIENCE,
                proxy=None,
            )
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the page."""
        self._stack.close()

    def run(self) -> int:
        """Ask for a run of the script, wait until it has finished, and return its bytes."""
        assert self._socket is not None
        asked = BackMsg()
        asked.rerun_script.query_string = self.query
        asked.rerun_script.page_name = self.page
        asked.rerun_script.page_script_hash = self._pages.get(self.page, "")
        asked.rerun_script.cached_message_hashes.extend(self._known)
        self._socket.send(asked.SerializeToString())
        before = self.received
        while not self._take(self._socket.recv(timeout=PATIENCE)):
            pass
        return self.received - before

    def _take(self, raw: str | bytes) -> bool:
        assert isinstance(raw, bytes)
        self.received += len(raw)
        message = ForwardMsg.FromString(raw)
        kind = message.WhichOneof("type")
        if message.metadata.cacheable and message.hash and kind != "ref_hash":
            self._known.append(message.hash)
        if kind == "navigation":
            self._pages |= {
                page.url_pathname: page.page_script_hash for page in message.navigation.app_pages
            }
        if kind == "page_not_found":
            raise Broken(f"there is no page {self.page!r}")
        if kind == "delta" and message.delta.new_element.WhichOneof("type") == "exception":
            raise Broken(f"{self.page!r}: {message.delta.new_element.exception.message}")
        return kind == "script_finished" and message.script_finished in {
            ForwardMsg.FINISHED_SUCCESSFULLY,
            ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY,
        }
