"""The briefing note on the screen, and the block that offers it from every page of an area."""

from html import escape
from typing import Final
from urllib.parse import quote, urlencode, urlsplit

import streamlit as st

from dashboard import i18n, progress
from dashboard.exchange.brief import html
from dashboard.i18n import _
from dashboard.services import briefs, regions
from dashboard.services.briefs import Note
from dashboard.services.views import Picture
from dashboard.ui import cached, look, visit, ways, widgets
from models import FOREVER, AreaKind

IN_A_ROW: Final = "display:flex;flex-wrap:wrap;gap:.3rem 1.4rem;list-style:none;margin:0;padding:0"


def offer(found: Picture, area: str) -> None:
    """Offer the note on an area: to read here, as PDF and as a file of HTML, one click each."""
    cached.html("brief offer", lambda: block(found, area, way(area)), area, *found.key)


def way(area: str) -> look.Html:
    """Return the link to the note on an area on its own page."""
    return look.anchor(_("Briefing note"), ways.address("brief", area=area))


def block(found: Picture, area: str, *before: look.Html) -> look.Html:
    """Return links in a row: those before, and those to the files of the note on an area.

    A file is made when somebody asks for it.
    """
    items = "".join(f"<li>{link}</li>" for link in (*before, *files(found, area)))
    label = escape(_("Briefing note on {area}").format(area=found.names[area]))
    return look.Html(
        f'<nav class="hw" aria-label="{label}"><ul style="{IN_A_ROW}">{items}</ul></nav>'
    )


def files(found: Picture, area: str) -> list[look.Html]:
    """Return the links to the note's files; in a script that no font has, paper is left out."""
    forms: tuple[tuple[briefs.Form, str], ...] = (
        ("pdf", _("Note as PDF")),
        ("html", _("Note as HTML")),
    )
    return [
        look.anchor(label, address(found, area, form))
        for form, label in forms
        if form == "html" or is_printable()
    ]


def address(found: Picture, area: str, form: briefs.Form) -> str:
    """Return the address of a file of the note, of the same moment and by the same method."""
    asked = {"plan": found.plan.plan, "language": i18n.language()}
    if found.plan.stamp.as_of != FOREVER:
        asked["as_of"] = found.plan.stamp.as_of.isoformat()
    if found.method != progress.DEFAULT:
        asked["method"] = method(found)
    return f"api/v1/briefs/{quote(area)}.{form}?{urlencode(asked)}"


def method(found: Picture) -> str:
    """Return the method of a picture as an address names it."""
    return f"{found.method}:{found.preset}" if found.preset else found.method


def is_printable() -> bool:
    """Say whether a font at hand can show the language now spoken on paper."""
    return cached.kept("printable", lambda: briefs.is_printable(home=visit.settings().home))


def without_paper() -> look.Html:
    """Return why there is no paper copy, where there is none."""
    if is_printable():
        return look.Html("")
    return look.notice(briefs.no_font(i18n.LANGUAGES[i18n.language()]), tone="warn")


def pick(found: Picture) -> str:
    """Let the visitor choose a group, a State or an observer."""
    kinds = found.plan.areas
    states = kinds[kinds["kind"].isin([AreaKind.STATE.value, AreaKind.OBSERVER.value])]["area"]
    offered = [*regions.offered(found), *(str(code) for code in states)]
    return widgets.pick_area(found, offered, _("Country, region or group")) or offered[0]


def note(found: Picture, area: str) -> Note:
    """Return the note on an area, made once for this version of the record."""
    words = cached.words(found.plan.plan)
    settings, now, chosen = visit.settings(), visit.now(), method(found)
    here = settings.base_url or origin()

    def make() -> Note:
        with visit.read() as session:
            return briefs.note(
                session,
                found,
                area,
                words=words,
                publisher=settings.agency,
                address=here,
                before=lambda moment: cached.picture(found.plan.plan, moment, chosen),
                now=now,
            )

    return cached.kept("brief", make, area, here, now.date(), *found.key)


def origin() -> str:
    """Return where this installation stands, as the visitor's browser names it."""
    here = urlsplit(st.context.url or "")
    return f"{here.scheme}://{here.netloc}" if here.netloc else ""


def shown(made: Note) -> look.Html:
    """Return the note as a piece of the page."""
    return look.Html(html.piece(made))
