"""Start the server: one process, one port, small answers sent at once.

`streamlit run` binds its socket in a way that makes every small answer wait 40 ms for the other
side's acknowledgement, and asks another host for this machine's address. Here the socket is bound
so that asyncio switches that wait off (TCP_NODELAY), and nobody else is asked anything.
"""

import os
from typing import Final

import uvicorn
from streamlit import config
from streamlit.logger import set_log_level

from dashboard.settings import Settings
from dashboard.web.listening import PATIENCE, listen
from models import Unavailable, check_connection, open_database, reading
from models.migrations import is_current

LARGEST: Final = 25 * 1024 * 1024
"""Bytes of the largest message a page may send; Streamlit's own bound."""


def serve(settings: Settings, host: str, port: int) -> None:
    """Serve until stopped, or raise `Unavailable` with what is missing and how to mend it."""
    check_record(settings)
    os.environ["HEADWAY_HOME"] = str(settings.home)
    os.environ["HEADWAY_DATABASE"] = settings.database
    bound = listen(host, port)
    with bound:
        how = uvicorn.Config(
            "dashboard.asgi:app",
            host=host,
            port=port,
            ws="websockets-sansio",
            ws_max_size=LARGEST,
            ws_ping_interval=30,
            ws_ping_timeout=30,
            access_log=False,
            log_level="warning",
            server_header=False,
            timeout_graceful_shutdown=PATIENCE,
        )
        how.load()  # before any setting is asked for: it tells Streamlit where ours are
        config.set_option("server.fileWatcherType", "none", "Headway")
        config.set_option("server.port", port, "Headway")
        set_log_level("warning")
        server = uvicorn.Server(how)
        server.run(sockets=[bound])
    if not server.started:
        raise Unavailable("The server did not start; the lines above say why.")


def check_record(settings: Settings) -> None:
    """Raise a sentence where the database is not there, not as needed, or not as the settings say.

    A setting can name plans and areas: only the record knows whether there are such.
    """
    engine = open_database(settings.database)
    try:
        check_connection(engine)
        if not is_current(engine):
            raise Unavailable(
                "The database is not as this version needs it. Make it with `headway init` or "
                "`headway demo`, or bring it up to date with `headway upgrade`."
            )
        if settings.oidc is not None and settings.oidc.groups:
            from dashboard.services import groups

            with reading(engine) as session:
                groups.check(session, settings.oidc.groups)
    finally:
        engine.dispose()
