"""The settings of Streamlit that we rely on, put in force whatever the launcher.

Streamlit finds its configuration by the folder it is started from, and reads its environment
variables under one launcher only. So what safety and speed hang on is set here; what an operator
set to something else on purpose stays, and is warned of.
"""

import logging
from collections.abc import Callable, Mapping
from typing import Any, Final

from streamlit import config

from dashboard.web.errors import Numbered

WANTED: Final[Mapping[str, Any]] = {
    "runner.postScriptGC": False,  # a full collection after each click costs 70 to 220 ms
    "client.showErrorDetails": "none",
    "client.showErrorLinks": False,
    "client.toolbarMode": "viewer",
    "browser.gatherUsageStats": False,
    "server.maxUploadSize": 10,  # MB
    "server.enableXsrfProtection": True,
    "server.enableCORS": True,
    "server.enableAgentApi": False,
    "server.enableStaticServing": False,
    "server.scriptHealthCheckEnabled": False,
    "global.developmentMode": False,
    "logger.enableRich": False,  # it would write errors past the log
}
_ENOUGH: Final[Mapping[str, Callable[[Any], bool]]] = {
    "client.toolbarMode": lambda value: value in {"viewer", "minimal"},
    "server.maxUploadSize": lambda value: value <= 20,
}


def enforce(cookie_secret: str) -> None:
    """Put our settings in force where the operator set nothing."""
    for name, value in WANTED.items():
        if not config.is_manually_set(name):
            config.set_option(name, value, "Headway")
    if not config.is_manually_set("server.cookieSecret"):
        config.set_option("server.cookieSecret", cookie_secret, "Headway")
    logger = logging.getLogger("streamlit.error_util")
    if not any(isinstance(known, Numbered) for known in logger.filters):
        logger.addFilter(Numbered())


def warnings() -> list[str]:
    """Return a sentence for each setting that is not as we rely on."""
    return [
        f"Streamlit's {name} is {config.get_option(name)!r}, set in "
        f"{config.get_where_defined(name)}: Headway relies on {value!r}."
        for name, value in WANTED.items()
        if not _ENOUGH.get(name, value.__eq__)(config.get_option(name))
    ]


def is_watching() -> bool:
    """Say whether Streamlit reloads edited files: then somebody is developing."""
    return bool(config.get_option("server.fileWatcherType") != "none")
