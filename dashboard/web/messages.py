"""What a browser may say over the connection of a page: only what pages need.

Streamlit obeys any visitor who asks it to empty the caches of everybody, to tell about the
repository it runs from, or to install files. Such messages are dropped here, unanswered.
"""

from typing import Final

from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg

ALLOWED: Final = {"rerun_script", "stop_script", "file_urls_request", "app_heartbeat"}
ASKED: Final = {"deferred_file", "dataframe_chunk"}
"""Operations beside a run: a download made at the click, the next rows of a long table."""


def is_allowed(content: bytes) -> bool:
    """Say whether a page may send this; what cannot be read is left for Streamlit to refuse."""
    message = BackMsg()
    try:
        message.ParseFromString(content)
    except DecodeError:
        return True
    kind = message.WhichOneof("type")
    if kind == "backend_operation_request":
        return message.backend_operation_request.WhichOneof("payload") in ASKED
    return kind in ALLOWED


class Messages:
    """Pass on what pages need to say, and drop the rest."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Listen in on the connection of a page."""
        if scope["type"] != "websocket":
            await self.app(scope, receive, send)
            return

        async def heard() -> Message:
            while True:
                message = await receive()
                content = message.get("bytes")
                if content is None or is_allowed(content):
                    return message

        await self.app(scope, heard, send)
