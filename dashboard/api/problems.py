"""What went wrong, as RFC 9457 says it: one JSON object with a status and a sentence."""

import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from models import (
    BadInput,
    HeadwayError,
    NotAllowed,
    NotFound,
    SignInNeeded,
    Unavailable,
    WrongState,
    sentence,
)

STATUS: Final[dict[type[HeadwayError], int]] = {
    SignInNeeded: 401,
    NotAllowed: 403,
    NotFound: 404,
    WrongState: 409,
    BadInput: 422,
    Unavailable: 503,
}
log = logging.getLogger(__name__)


def install(app: FastAPI) -> None:
    """Let the app answer every failure as a problem, and none with a traceback."""
    app.exception_handler(HeadwayError)(_ours)
    app.exception_handler(RequestValidationError)(_asked_wrongly)
    app.exception_handler(HTTPException)(_elsewhere)
    app.exception_handler(Exception)(_broken)


def problem(
    status: int,
    detail: str,
    *,
    faults: Sequence[Mapping[str, str]] = (),
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """Return a problem as an answer."""
    content: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }
    if faults:
        content["faults"] = list(faults)
    return JSONResponse(
        content,
        status_code=status,
        headers={"Cache-Control": "no-store", **(headers or {})},
        media_type="application/problem+json",
    )


def _ours(_request: Request, error: Exception) -> JSONResponse:
    status = next(code for kind, code in STATUS.items() if isinstance(error, kind))
    faults = error.faults if isinstance(error, BadInput) else ()
    told = [{"where": fault.where, "message": fault.message} for fault in faults]
    headers = {"WWW-Authenticate": 'Bearer realm="Headway"'} if status == 401 else {}
    return problem(status, str(error), faults=told, headers=headers)


def _asked_wrongly(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    told = [_fault(one) for one in error.errors()]
    detail = "; ".join(": ".join(part for part in one.values() if part) for one in told)
    return problem(422, detail, faults=told)


def _fault(error: dict[str, Any]) -> dict[str, str]:
    """Return what is wrong with a question or a body: the place in it, and a sentence."""
    if error["type"] == "json_invalid":
        told = f"the body is not JSON ({error['ctx']['error']} at character {error['loc'][-1]})"
        return {"where": "", "message": told}
    where = ".".join(str(part) for part in error["loc"][1:]) or str(error["loc"][0])
    return {"where": where, "message": _sentence(error)}


def _sentence(error: dict[str, Any]) -> str:
    is_body = error["loc"][0] == "body"
    if error["type"] == "extra_forbidden":
        what = "field" if is_body else "filter"
        return f"is no {what} of this resource: see /api/ for those there are"
    if error["type"] == "missing" and not is_body:
        return "is needed"
    if error["type"] == "string_pattern_mismatch":
        return f"does not look as it should: {error['ctx']['pattern']}"
    text = sentence(error)
    return text[:1].lower() + text[1:]


def _elsewhere(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    sentences = {
        400: "The body cannot be read: send JSON in UTF-8.",
        404: "There is nothing at this address: see /api/ for what there is.",
        405: "This address does not take that method: see /api/ for those it takes.",
    }
    detail = sentences.get(error.status_code, error.detail)
    return problem(error.status_code, detail, headers=error.headers)


def _broken(request: Request, error: Exception) -> JSONResponse:
    log.error("%s failed", request.url.path, exc_info=error)
    return problem(500, "Something failed here, and has been noted. It is not your request.")
