"""Errors of ours: people get a calm sentence and a number, the log gets the rest under it."""

import logging
from typing import Final

import streamlit as st
from starlette.requests import Request
from starlette.responses import Response

from dashboard import i18n
from dashboard.i18n import _
from dashboard.web import headers, paper
from dashboard.web.door import language
from models import HeadwayError

log = logging.getLogger(__name__)
_MARK: Final = "headway_reference"


class Numbered(logging.Filter):
    """Put the number into Streamlit's own entry about an error; refusals are no errors."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Say whether the entry is written."""
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, HeadwayError):
            return False
        if error is not None:
            record.msg = f"{number(error)}: {record.msg}"
        return True


def number(error: BaseException) -> str:
    """Return the number of an error, the same for as long as it is talked about."""
    given: str = getattr(error, _MARK, "") or paper.reference()
    setattr(error, _MARK, given)
    return given


def on_script_error(error: Exception) -> bool:
    """Show a page's visitor what they can use of an error, and nothing else."""
    if isinstance(error, HeadwayError):
        st.error(_(str(error)))
    else:
        st.error(paper.apology(number(error)))
    return True


async def on_server_error(request: Request, error: Exception) -> Response:
    """Answer a request that failed, with the number under which the log tells more."""
    i18n.speak(language(request.scope))
    given = number(error)
    log.error("%s: %s %s failed", given, request.method, request.url.path)
    answer = paper.failed(given)
    for name, value in headers.ALWAYS.items():
        answer.headers.setdefault(name, value)
    return answer
