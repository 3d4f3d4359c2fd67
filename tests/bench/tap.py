"""A tap on the wire: passes every byte on between a browser and a server, and counts them."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

PIECE: Final = 65_536


@dataclass
class Tap:
    """A port that leads to another one, and what came back through it so far, in bytes."""

    port: int
    received: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, size: int) -> None:
        """Add what was just sent to the browser."""
        with self._lock:
            self.received += size


@contextlib.contextmanager
def tapped(port: int) -> Iterator[Tap]:
    """Listen on a free loopback port and pass everything on to `port` until the block ends."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        tap = Tap(listening.getsockname()[1])
        threading.Thread(target=_serve, args=(listening, port, tap), daemon=True).start()
        yield tap


def _serve(listening: socket.socket, port: int, tap: Tap) -> None:
    with contextlib.suppress(OSError):  # the block has ended
        while True:
            browser, _address = listening.accept()
            server = socket.create_connection(("127.0.0.1", port))
            for one in (browser, server):
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for way in ((browser, server, None), (server, browser, tap)):
                threading.Thread(target=_pass_on, args=way, daemon=True).start()


def _pass_on(source: socket.socket, to: socket.socket, tap: Tap | None) -> None:
    with contextlib.suppress(OSError):
        while piece := source.recv(PIECE):
            if tap is not None:
                tap.count(len(piece))
            to.sendall(piece)
    with contextlib.suppress(OSError):
        to.shutdown(socket.SHUT_WR)
