"""Pages without any script, rendered here: for signing in, and for saying what went wrong."""

import secrets
from functools import cache
from pathlib import Path
from typing import Any, Final

import jinja2
from starlette.responses import HTMLResponse

from dashboard import i18n
from dashboard.i18n import _, plural
from dashboard.web import files
from dashboard.web.headers import FORMS

TEMPLATES: Final = Path(__file__).parent / "templates"
_SIGNS: Final = "23456789CDFGHJKMNPQRTVWXYZ"  # none that are mistaken for another, or make words


def page(template: str, status: int = 200, **words: Any) -> HTMLResponse:
    """Return a rendered page that nobody keeps a copy of."""
    text = (
        _environment()
        .get_template(template)
        .render(
            _=_,
            plural=plural,
            language=i18n.language(),
            direction=i18n.direction(),
            instant=i18n.instant,
            asset=files.address,
            **words,
        )
    )
    headers = {"Cache-Control": "no-store", "Content-Security-Policy": FORMS}
    return HTMLResponse(text, status_code=status, headers=headers)


def sentence(
    status: int, title: str, text: str, *, way: tuple[str, str] | None = None
) -> HTMLResponse:
    """Return a page that says one thing, with a way on where there is one: address and words."""
    return page("sentence.html", status, title=title, text=text, way=way)


def not_found() -> HTMLResponse:
    """Return the page for an address that leads nowhere."""
    return sentence(404, _("Nothing here"), _("This address leads to no page."))


def failed(reference: str) -> HTMLResponse:
    """Return the page for an error of ours, with the number under which the log tells more."""
    return sentence(500, _("Something went wrong"), apology(reference))


def apology(reference: str) -> str:
    """Return what people are told about an error of ours."""
    return _(
        "Something went wrong on our side; nothing was lost. Please try again. "
        "If it stays, give the administrator this number: {reference}."
    ).format(reference=reference)


def reference() -> str:
    """Return a fresh number for an error, easy to read out over the telephone."""
    signs = "".join(secrets.choice(_SIGNS) for _sign in range(8))
    return f"{signs[:4]}-{signs[4:]}"


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
