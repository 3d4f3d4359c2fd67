"""Briefing notes: one to two pages on a country, a group or the world, with the pages' figures.

Every figure comes from the services that the pages ask, so that a note never says another number
than the screen; what is said in words comes about by rules (see `sentences`).
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Final, Literal

from sqlmodel import Session

from dashboard import i18n, progress
from dashboard.exchange.brief import Note, Passage, html, typst
from dashboard.i18n import _
from dashboard.services import regions, views
from dashboard.services.briefs import citation, country, group, sentences
from dashboard.services.briefs.subject import Subject, colours
from dashboard.services.texts import PlanTexts
from dashboard.services.views import Picture
from models import FOREVER, BadInput, Fault, Unavailable

Form = Literal["pdf", "html"]
MIME: Final[dict[str, str]] = {"pdf": "application/pdf", "html": "text/html; charset=utf-8"}
ASSESSING: Final = ("cagr", "escap", "sdsn", "oecd", "level_trend")
"""Methods that can take the place of the default, as on the pages."""
FONTS: Final = "fonts"
"""The folder of an installation for fonts beyond those that come with the program."""


def note(
    session: Session,
    found: Picture,
    area: str,
    *,
    words: PlanTexts,
    publisher: str,
    address: str = "",
    before: Callable[[datetime], Picture] | None = None,
    now: datetime,
) -> Note:
    """Return the note on an area, in the language now spoken.

    `address` is that of the installation, for the citation. `before` gives the same plan as known
    earlier, from where it is kept; without it, it is read. Raises `NotFound` for an unknown area.
    """

    def earlier(moment: datetime) -> Picture:
        then = views.picture(session, found.plan.plan, as_of=moment, today=now)
        usual = found.method == progress.DEFAULT
        return then if usual else views.by_method(then, found.method, found.preset)

    is_group = regions.is_group(found, area)
    subject = Subject(session, found, words, area, now, publisher, address, before or earlier)
    told = group.body(subject) if is_group else country.body(subject)
    pretend = found.plan.stamp.is_illustrative
    return Note(
        plan=found.plan.plan,
        area=area,
        language="en" if i18n.language() == i18n.PSEUDO else i18n.language(),
        direction=i18n.direction(),
        day=subject.day,
        is_illustrative=pretend,
        mark=_("ILLUSTRATIVE DATA: generated, not reported by any State; not for quotation")
        if pretend
        else "",
        stamp=_("ILLUSTRATIVE") if pretend else "",
        kicker=found.plan.title,
        title=subject.name,
        lede=_lede(subject),
        facts=told.facts,
        sentences=sentences.passage(told.sentences, is_illustrative=pretend),
        statuses=told.statuses,
        strongest=told.strongest,
        weakest=told.weakest,
        changed=told.changed,
        blocked=told.blocked,
        indicators=told.indicators,
        context=told.context,
        caveats=Passage(_("What to keep in mind"), told.caveats),
        method=Passage(_("Method"), _method(subject, is_group=is_group)),
        citation=Passage(_("Cite as"), citation.lines(subject)),
        page=_("Page {n} of {of}"),
        author=publisher,
        colours=colours(),
    )


def _lede(subject: Subject) -> str:
    known = (
        _("Briefing note, as known today, {day}")
        if subject.found.plan.stamp.as_of == FOREVER
        else _("Briefing note, as it was known on {day}; later reports are not in it")
    )
    return known.format(day=subject.known)


def _method(subject: Subject, *, is_group: bool) -> tuple[str, ...]:
    found = subject.found
    title = next(
        (
            preset.title
            for preset in progress.PRESETS
            if preset.method == found.method and found.preset in {None, preset.name}
        ),
        found.method,
    )
    usual = _(
        "Pace: the way from the baseline to the latest value is held against the way that reaches "
        "the target in time, as assessed in {year}; levels are compared as levels. What is not "
        "reported is counted as such and never filled in."
    )
    other = _(
        "Assessed in {year} by another method than the default: {title}. What is not reported is "
        "counted as such and never filled in."
    )
    rules = (
        _(
            "Sentences: the first counts; strongest and furthest behind go by the share of States "
            "on track or met, where at least half of them can be assessed."
        )
        if is_group
        else _(
            "Sentences: the first counts; the strongest is met or on track where most of the "
            "region's other States stand worse; the furthest behind has the gravest verdict. "
            "Nothing old or of low confidence is read out."
        )
    )
    chosen = usual if found.method == progress.DEFAULT else other
    return (chosen.format(year=found.year, title=_(title)), rules)


def methods() -> tuple[str, ...]:
    """Return the words for the methods that can judge every series, the usual one first."""
    offered = (one for one in progress.PRESETS if one.method in ASSESSING)
    return (progress.DEFAULT, *sorted(f"{one.method}:{one.name}" for one in offered))


def by_method(found: Picture, word: str) -> Picture:
    """Return a picture by a method named in a word, such as `linear` or `cagr:eurostat`.

    Raises `BadInput` for a method that cannot judge every series.
    """
    if word not in methods():
        raise BadInput(Fault("method", f"{word!r} is none of {', '.join(methods())}"))
    if word == progress.DEFAULT:
        return found
    name, _colon, preset = word.partition(":")
    return views.by_method(found, name, preset)


def is_printable(*, home: Path | None = None) -> bool:
    """Say whether a font at hand can show the language now spoken on paper."""
    fonts = None if home is None else home / FONTS
    return typst.is_readable(_("Page {n} of {of}") + i18n.LANGUAGES.get(i18n.language(), ""), fonts)


def no_font(text: str) -> str:
    """Return the sentence that something cannot be shown on paper, and how to mend that."""
    return _(
        "No font at hand can show “{text}” on paper. Put a font that can, such as Noto Sans SC for "
        "Chinese, into the folder “fonts” of the installation's home; or take the note as HTML, "
        "which your browser can print."
    ).format(text=text)


def write(made: Note, form: Form, *, home: Path | None = None) -> bytes:
    """Return a note as a file; `home` is where an installation keeps further fonts.

    Raises `Unavailable` where no font can show the language of the note.
    """
    if form == "html":
        return html.page(made).encode()
    try:
        return typst.pdf(made, fonts=None if home is None else home / FONTS)
    except typst.NoFont as error:
        raise Unavailable(no_font(error.text)) from error


def file_name(made: Note, form: Form) -> str:
    """Return the name of a note's file: plan, area, day, and the mark where it is due."""
    mark = "-illustrative" if made.is_illustrative else ""
    area = made.area.lower().replace("_", "-")
    return f"headway-note-{made.plan.lower()}-{area}-{made.day.isoformat()}{mark}.{form}"


__all__ = [
    "FONTS",
    "MIME",
    "Form",
    "Note",
    "by_method",
    "file_name",
    "is_printable",
    "no_font",
    "note",
    "write",
]
