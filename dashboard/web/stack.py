"""The order in which a request passes through the door."""

from collections.abc import Mapping

from starlette.middleware import Middleware
from starlette.types import ASGIApp

from dashboard.web.door import Door
from dashboard.web.gate import Gate
from dashboard.web.headers import SecurityHeaders
from dashboard.web.hosts import Hosts
from dashboard.web.messages import Messages
from dashboard.web.prompt import Prompt
from dashboard.web.rooms import Rooms


def stack(door: Door, rooms: Mapping[str, ASGIApp]) -> list[Middleware]:
    """Return what stands before the pages, from the outside in."""
    return [
        Middleware(Prompt),  # first: further in, the connection is out of reach
        Middleware(SecurityHeaders, behind_tls=door.settings.behind_tls),
        Middleware(Hosts, settings=door.settings),
        Middleware(Gate, door=door),
        Middleware(Messages),
        Middleware(Rooms, rooms=rooms, door=door),
    ]
