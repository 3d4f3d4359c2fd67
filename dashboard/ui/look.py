"""The pieces of page that Streamlit does not have: chips, cards, bullets, banners, tables.

Every function returns HTML for `st.html`; every text handed in is escaped, unless it is itself a
piece from here. Colours follow the visitor's light or dark theme by themselves, so a piece needs to
be made only once. The sheets they need (`static/`) stand in the page that a browser starts from.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Final, Literal

from dashboard.charts import palette
from dashboard.charts.theme import NARROW
from dashboard.i18n import _, number, percent, plural
from dashboard.progress.words import N_

Tone = Literal["info", "warn", "stop", "good", "calm"]

WIDE: Final = 640
"""Pixels a drawing may count on where the visitor does not hold a phone."""
_STATES: Final[dict[str, tuple[Tone, str]]] = {
    "draft": ("calm", N_("Draft")),
    "submitted": ("info", N_("Submitted")),
    "endorsed": ("info", N_("Endorsed")),
    "returned": ("warn", N_("Sent back")),
    "accepted": ("good", N_("Accepted")),
    "superseded": ("calm", N_("Superseded")),
    "withdrawn": ("calm", N_("Withdrawn")),
}


class Html(str):
    """Text that is already HTML and may be put into a page as it is."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        """Give the text as it is: Streamlit would look for a file of that name, and trim it."""
        return self


def width(agent: str) -> int:
    """Return how many pixels a drawing may count on, from what the browser says it is."""
    return NARROW if "Mobi" in agent else WIDE


def heading(title: str, *, kicker: str = "", lede: str = "", level: int = 1) -> Html:
    """Return the head of a page or part: where one is, its title, and what it is for."""
    above = f'<div class="hw-kicker">{_text(kicker)}</div>' if kicker else ""
    under = f'<p class="hw-lede">{_text(lede)}</p>' if lede else ""
    return _piece(f'<div class="hw-head">{above}<h{level}>{_text(title)}</h{level}>{under}</div>')


def illustrative_banner() -> Html:
    """Return the mark that the data are generated; it belongs on every page that shows them."""
    return notice(
        _("They were generated to show what the dashboard does; no State reported them."),
        tone="warn",
        title=_("Illustrative data."),
    )


def notice(text: str, *, tone: Tone = "info", title: str = "") -> Html:
    """Return a sentence that stands out."""
    head = f"<b>{_text(title)}</b> " if title else ""
    return _piece(f'<div class="hw-notice hw-{tone}" role="note"><p>{head}{_text(text)}</p></div>')


def past(title: str, text: str, back: str) -> Html:
    """Return the banner of a page that is of another day than today, with the way back.

    It stays in sight while the page scrolls, and a frame in its colour runs around the page.
    """
    return Html(
        f'<div class="hw hw-past" role="note"><b>{_text(title)}</b> <span>{_text(text)}</span> '
        f"{_text(back)}</div>"
    )


def chip(status: str, text: str = "") -> Html:
    """Return a status as a small label: its colour, its sign and its word."""
    mark = palette.mark(status)
    ink = "var(--hw-ink)" if mark.step == "none" else f"var(--hw-on-{mark.step})"
    return Html(
        f'<span class="hw hw-chip {_texture(mark)}" '
        f'style="background:var(--hw-{mark.step});color:{ink}">'
        f'<span class="hw-sign" aria-hidden="true">{escape(mark.sign)}</span>'
        f"{_text(text or palette.word(status))}</span>"
    )


def tag(text: str, tone: Tone = "calm") -> Html:
    """Return a word on a quiet ground."""
    return Html(f'<span class="hw-tag hw-{tone}">{_text(text)}</span>')


def state(word: str) -> Html:
    """Return where a report stands on its way into the record, such as `submitted`."""
    tone, text = _STATES.get(word, ("calm", word))
    return tag(_(text), tone)


def track(steps: Sequence[str], here: int) -> Html:
    """Return the steps of a path with the one now reached, counted from 0."""
    items = "".join(
        f'<li class="{_reached(place, here)}"{_current(place, here)}>{_text(step)}</li>'
        for place, step in enumerate(steps)
    )
    return _piece(f'<ol class="hw-track">{items}</ol>')


def card(
    label: str, value: str, *, unit: str = "", detail: str = "", foot: str = "", href: str = ""
) -> Html:
    """Return one figure with what it is; `foot` may be a chip, a strip or a sentence."""
    name = f'<a href="{escape(href)}">{_text(label)}</a>' if href else _text(label)
    small = f" <small>{_text(unit)}</small>" if unit else ""
    told = f'<div class="hw-muted">{_text(detail)}</div>' if detail else ""
    last = f'<div class="hw-card-foot">{_text(foot)}</div>' if foot else ""
    linked = " hw-linked" if href else ""
    return Html(
        f'<div class="hw hw-card{linked}"><div class="hw-card-label">{name}</div>'
        f'<div class="hw-card-value hw-num">{_text(value)}{small}</div>{told}{last}</div>'
    )


def cards(items: Iterable[Html]) -> Html:
    """Return cards side by side, as many in a row as there is room for."""
    return _piece(f'<div class="hw-cards">{"".join(items)}</div>')


def strip(counts: Mapping[str, int]) -> Html:
    """Return how many have each status as one thin bar, told in words to those who do not see."""
    shown = [status for status in palette.ordered(list(counts)) if counts[status] > 0]
    said = ", ".join(f"{palette.word(status)} {number(counts[status])}" for status in shown)
    parts = "".join(
        f'<span class="{_texture(palette.mark(status))}" '
        f'style="--n:{counts[status]};background:var(--hw-{palette.mark(status).step})" '
        f'title="{escape(palette.word(status))}: {number(counts[status])}"></span>'
        for status in shown
    )
    return Html(f'<div class="hw hw-strip" role="img" aria-label="{escape(said)}">{parts}</div>')


def bullet(
    label: str,
    *,
    value: float | None,
    shown: str,
    status: str,
    top: float,
    base: float | None = None,
    target: float | None = None,
    median: float | None = None,
    bottom: float = 0.0,
    said: str = "",
) -> Html:
    """Return one indicator as a row: its name, its scale from `bottom` to `top`, its figure.

    What is not known is not drawn: no target, no target line; no value, a hatched scale. `shown`
    is the value as the reader writes it, `said` the sentence for those who do not see the scale.
    """
    marks = "".join(
        f'<span class="hw-{name}" style="--at:{_at(number_, bottom, top):.2f}"></span>'
        for name, number_ in (("base", base), ("median", median), ("target", target))
        if number_ is not None and math.isfinite(number_)
    )
    known = value is not None and math.isfinite(value)
    bar = _bar(value, status, bottom, top) if value is not None and known else ""
    hatched = "" if known else " hw-hatched"
    figure = f"<b>{_text(shown)}</b> " if known else ""
    return Html(
        f'<div class="hw hw-bullet"><div class="hw-bullet-label">{_text(label)}</div>'
        f'<div class="hw-scale{hatched}" role="img" aria-label="{escape(said or shown)}">'
        f"{bar}{marks}</div>"
        f'<div class="hw-bullet-said hw-num">{figure}{chip(status)}</div></div>'
    )


def coverage(n: int, of: int) -> Html:
    """Return how many of how many report, as five dots and in numbers."""
    share = n / of if of else 0.0
    dots = "".join(
        f'<i style="--full:{min(max(share * 5 - place, 0.0), 1.0) * 100:.0f}"></i>'
        for place in range(5)
    )
    said = plural("{n} of {{of}} reports", "{n} of {{of}} report", n).format(of=number(of))
    return Html(
        f'<span class="hw hw-cover hw-num"><span class="hw-dots" aria-hidden="true">{dots}</span>'
        f"{escape(said)} ({percent(share)})</span>"
    )


def key(statuses: Iterable[str]) -> Html:
    """Return what the colours mean, for these statuses."""
    entries = "".join(
        f'<span><span class="hw-swatch {_texture(palette.mark(status))}" '
        f'style="background:var(--hw-{palette.mark(status).step})"></span>'
        f'<span class="hw-sign" aria-hidden="true">{escape(palette.mark(status).sign)}</span>'
        f"{escape(palette.word(status))}</span>"
        for status in palette.ordered(list(statuses))
    )
    return _piece(f'<div class="hw-key">{entries}</div>')


def quote(text: str, source: str) -> Html:
    """Return a text as adopted, with document symbol and paragraph."""
    return _piece(
        f'<blockquote class="hw-quote">{_text(text)}<footer>{_text(source)}</footer></blockquote>'
    )


def facts(pairs: Iterable[tuple[str, str]]) -> Html:
    """Return names and values as a list of definitions."""
    rows = "".join(f"<dt>{_text(name)}</dt><dd>{_text(value)}</dd>" for name, value in pairs)
    return _piece(f'<dl class="hw-facts">{rows}</dl>')


def table(
    caption: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    numeric: frozenset[int] | set[int] = frozenset(),
) -> Html:
    """Return a table that every reader can walk through; the first cell names its row.

    `numeric` holds the places of the columns that stand flush at the end.
    """
    kind = ['class="hw-num"' if place in numeric else "" for place in range(len(columns))]
    head = "".join(
        f'<th scope="col" {kind[place]}>{_text(name)}</th>' for place, name in enumerate(columns)
    )
    body = "".join(
        "<tr>"
        + "".join(
            f'<th scope="row" {kind[0]}>{_text(cell)}</th>'
            if place == 0
            else f"<td {kind[place]}>{_text(cell)}</td>"
            for place, cell in enumerate(row)
        )
        + "</tr>"
        for row in rows
    )
    return _piece(
        f'<div class="hw-scroll" tabindex="0"><table class="hw-table">'
        f"<caption>{_text(caption)}</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def why(status: str, sentence: str, steps: Iterable[str]) -> Html:
    """Return why a status has its colour: the verdict, and how it was reckoned."""
    items = "".join(f"<li>{_text(step)}</li>" for step in steps)
    return _piece(f'<div class="hw-why">{chip(status)} {_text(sentence)}<ol>{items}</ol></div>')


def empty(text: str, hint: str = "") -> Html:
    """Return what stands where there is nothing yet: hatched, and in words."""
    under = f'<br><span class="hw-muted">{_text(hint)}</span>' if hint else ""
    return _piece(f'<div class="hw-empty hw-hatched"><p>{_text(text)}{under}</p></div>')


def fold(summary: str, inside: str) -> Html:
    """Return a line that opens to what is inside."""
    return _piece(
        f'<details class="hw-fold"><summary>{_text(summary)}</summary>{_text(inside)}</details>'
    )


def anchor(text: str, to: str) -> Html:
    """Return a link to another page of this dashboard."""
    return Html(f'<a href="{escape(to)}">{_text(text)}</a>')


def images(chart: str) -> Html:
    """Return the buttons that save the chart with this key as a picture, made in the browser."""
    buttons = "".join(
        f'<button type="button" data-chart="{escape(chart)}" data-image="{form}">'
        f"{escape(said)}</button>"
        for form, said in (("png", _("Picture (PNG)")), ("svg", _("Picture (SVG)")))
    )
    return Html(f'<div class="hw hw-images">{buttons}</div>')


def way(text: str, to: str) -> Html:
    """Return a link to another page that stands by itself."""
    return _piece(f'<p class="hw-way">{anchor(text, to)}</p>')


def trail(steps: Sequence[tuple[str, str]], here: str) -> Html:
    """Return the way to a page: steps with their addresses, and where one is now."""
    items = "".join(f"<li>{anchor(text, to)}</li>" for text, to in steps)
    return Html(
        f'<nav class="hw hw-trail" aria-label="{escape(_("Where you are"))}"><ol>{items}'
        f'<li aria-current="page">{_text(here)}</li></ol></nav>'
    )


def outward(text: str, to: str) -> Html:
    """Return a link to a page elsewhere, opened beside this one and told nothing of it."""
    return Html(
        f'<a href="{escape(to)}" target="_blank" rel="noopener noreferrer nofollow">'
        f'{_text(text)} <span aria-hidden="true">↗</span></a>'
    )


def join(pieces: Iterable[str], between: str = " ") -> Html:
    """Return pieces and texts in a row as one piece."""
    return Html(between.join(_text(piece) for piece in pieces))


def stack(pieces: Iterable[str]) -> Html:
    """Return pieces below each other as far apart as parts of the page are.

    One part of a page costs the server as much as the next, however little it says.
    """
    return Html(f'<div class="hw-stack">{join(pieces, "")}</div>')


def line(pieces: Iterable[str]) -> Html:
    """Return pieces in one line of text, divided by dots."""
    return _piece(f"<p>{join(pieces, ' · ')}</p>")


def _piece(inside: str) -> Html:
    return Html(f'<div class="hw">{inside}</div>')


def _text(text: str) -> str:
    return text if isinstance(text, Html) else escape(text)


def _texture(mark: palette.Mark) -> str:
    return f"hw-{mark.texture}" if mark.texture else ""


def _at(value: float, bottom: float, top: float) -> float:
    """Return where a value lies on a scale, 0 to 100; what lies beyond stands at the edge."""
    road = top - bottom
    return min(max((value - bottom) / road, 0.0), 1.0) * 100 if road > 0 else 0.0


def _bar(value: float, status: str, bottom: float, top: float) -> str:
    start, end = sorted((_at(0.0, bottom, top), _at(value, bottom, top)))
    step = palette.mark(status).step
    fill = "var(--hw-region)" if step == "none" else f"var(--hw-{step})"
    return (
        f'<span class="hw-value" style="--from:{start:.2f};--wide:{end - start:.2f};'
        f'background:{fill}"></span>'
    )


def _reached(place: int, here: int) -> str:
    return "hw-here" if place == here else "hw-done" if place < here else "hw-ahead"


def _current(place: int, here: int) -> str:
    return ' aria-current="step"' if place == here else ""
