"""Small answers leave at once, also where Streamlit itself bound the socket.

Its launcher leaves Nagle's algorithm on, so that each run of a page ends 40 ms late. Where the
server lets us at the connection, it is switched off; where it does not, nothing is lost but time.
"""

import socket

from starlette.types import ASGIApp, Receive, Scope, Send


class Prompt:
    """Switch off waiting on the connection of a page."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Reach for the connection behind the request, and pass it on."""
        if scope["type"] == "websocket":
            transport = getattr(getattr(receive, "__self__", None), "transport", None)
            connection = transport and transport.get_extra_info("socket")
            if connection is not None and connection.family in {socket.AF_INET, socket.AF_INET6}:
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        await self.app(scope, receive, send)
