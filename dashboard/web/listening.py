"""Where a server listens: a socket on which small answers leave at once."""

import socket
from typing import Final

from models import Unavailable

PATIENCE: Final = 5
"""Seconds that connections get to finish when a server is stopped."""


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens there, ready for small answers to leave at once."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host, port))
        bound.listen(2048)
    except OSError as error:
        bound.close()
        raise Unavailable(
            f"Port {port} on {host} is not free ({error.strerror}). Choose another, or stop what "
            "uses it."
        ) from error
    bound.setblocking(False)
    return bound
