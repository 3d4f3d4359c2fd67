"""The static edition: the public dashboards of a plan at a moment as plain files.

Every figure and sentence comes from the services that the pages and notes ask, so that a page on
paper, on a stick or in a content network never says another number than the screen.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Final

from sqlmodel import Session

from dashboard import i18n, progress
from dashboard.charts import palette
from dashboard.exchange import CC_BY, edition
from dashboard.exchange.about import Meta
from dashboard.exchange.brief import Note
from dashboard.exchange.edition import feeds
from dashboard.i18n import _, instant, number
from dashboard.progress.words import N_
from dashboard.services import (
    briefs,
    downloads,
    edition_pages,
    glossary,
    reads,
    regions,
    search,
    texts,
    views,
)
from dashboard.services.briefs.subject import Subject
from dashboard.services.texts import PlanTexts
from dashboard.services.views import Picture
from models import AreaKind, Snapshot

STATIC: Final = Path(__file__).resolve().parents[1] / "static"
SHEETS: Final = ("fonts.css", "look.css", "favicon.svg")
NEWS: Final = 50
"""Entries of the feed."""
TABLES: Final = {
    "observations": N_("Every accepted figure (CSV)"),
    "progress": N_("Every status (CSV)"),
    "aggregates": N_("Figures of regions and groups (CSV)"),
}
METHOD: Final = Path(progress.__file__).with_name("METHOD.md")
Files = Iterator[tuple[str, bytes]]


@dataclass(frozen=True)
class Order:
    """What is to be published: which plan, as known when, in which languages, for which address."""

    plan: str
    as_of: datetime
    languages: tuple[str, ...] = ("en",)
    publisher: str = ""
    address: str = ""
    snapshot: Snapshot | None = None


def write(session: Session, order: Order) -> Files:
    """Yield every file of the edition with its path, in a fixed order, pages first.

    The same order on the same record gives the same bytes. Raises `NotFound` for an unknown plan.
    """
    found = views.picture(session, order.plan, as_of=order.as_of, today=order.as_of)
    words = texts.load(session, order.plan)
    sizes = {}
    for what in TABLES:
        path, made = _data(session, order, what)
        sizes[what] = len(made)
        yield path, made
    before = i18n.language()
    paths: list[str] = []
    try:
        for language in order.languages:
            i18n.speak(language)
            desk = Desk(session, order, found, words, sizes)
            for path, made in _in_one_language(desk):
                if path.endswith(".html"):
                    paths.append(path)
                yield path, made
    finally:
        i18n.speak(before)
    if order.address:
        yield "sitemap.xml", feeds.sitemap(order.address, paths, order.as_of)
    yield from _assets()


def _data(session: Session, order: Order, what: str) -> tuple[str, bytes]:
    choice = downloads.Choice(order.plan, what=what, as_of=order.as_of)
    made = downloads.stream(session, "csv", choice, publisher=order.publisher, now=order.as_of)
    return f"data/{what}.csv", b"".join(made)


def _assets() -> Files:
    for name in SHEETS:
        yield f"assets/{name}", (STATIC / name).read_bytes()
    for path in sorted((STATIC / "fonts").iterdir()):
        yield f"assets/fonts/{path.name}", path.read_bytes()
    for name in edition.OWN:
        yield f"assets/{name}", (edition.ASSETS / name).read_bytes()
    yield "assets/colours.css", feeds.colours(colours("light"), colours("dark"))


def colours(mode: palette.Mode) -> dict[str, str]:
    """Return the colours of the house by the names that the sheets use."""
    found = palette.tokens(mode)
    names = (
        *("paper", "surface", "ink", "muted", "axis", "grid", "accent", "accent_soft", "region"),
        *("warning", "warning_soft"),
    )
    plain = {name.replace("_", "-"): str(getattr(found, name)) for name in names}
    plain |= {"line": found.grid, "danger": found.warning, "success": found.accent}
    for step, colour in found.steps.items():
        plain[step] = colour
        plain[f"on-{step}"] = palette.readable_on(colour)
    return plain


@dataclass(frozen=True)
class Desk:
    """Everything that the pages of one language are made from."""

    session: Session
    order: Order
    found: Picture
    words: PlanTexts
    sizes: Mapping[str, int]

    @property
    def prefix(self) -> str:
        """The folder of this language: none for the first."""
        language = i18n.language()
        return "" if language == self.order.languages[0] else f"{language}/"

    @cached_property
    def kept(self) -> dict[datetime, Picture]:
        """Earlier pictures that several notes compare with."""
        return {}

    def before(self, moment: datetime) -> Picture:
        """Return the plan as known earlier."""
        if moment not in self.kept:
            self.kept[moment] = views.picture(
                self.session, self.order.plan, as_of=moment, today=self.order.as_of
            )
        return self.kept[moment]

    def note(self, area: str) -> Note:
        """Return the briefing note on an area: its page says the same."""
        return briefs.note(
            self.session,
            self.found,
            area,
            words=self.words,
            publisher=self.order.publisher,
            address=self.order.address,
            before=self.before,
            now=self.order.as_of,
        )

    def subject(self, area: str) -> Subject:
        """Return an area with what words its figures."""
        return Subject(
            self.session,
            self.found,
            self.words,
            area,
            self.order.as_of,
            self.order.publisher,
            self.order.address,
            self.before,
        )

    @cached_property
    def names(self) -> dict[str, str]:
        """The names of areas in the language now spoken."""
        return self.subject(self.found.plan.scope).names

    @cached_property
    def countries(self) -> list[str]:
        """The States and observers, in the order of their names."""
        areas = self.found.plan.areas
        kinds = [AreaKind.STATE.value, AreaKind.OBSERVER.value]
        codes = [str(code) for code in areas.loc[areas["kind"].isin(kinds), "area"]]
        return sorted(codes, key=lambda code: (search.plain(self.names[code]), code))

    @cached_property
    def groups(self) -> list[str]:
        """The regions and groups that can be shown."""
        return regions.offered(self.found)

    @property
    def meta(self) -> Meta:
        """What goes along with the small tables beside the pages."""
        return Meta(
            title=self.found.plan.title,
            source=f"{self.order.publisher}: {self.words.title} ({self.words.symbol})",
            as_of=self.order.as_of,
            is_illustrative=self.found.plan.stamp.is_illustrative,
        )

    @property
    def mark(self) -> str:
        """The sentence that marks illustrative data; empty where all is reported."""
        if not self.found.plan.stamp.is_illustrative:
            return ""
        return _("ILLUSTRATIVE DATA: generated, not reported by any State; not for quotation")

    @property
    def citation(self) -> str:
        """How the edition is cited."""
        said = _("{publisher}: {title}. Static edition, record as known at {moment}.").format(
            publisher=self.order.publisher,
            title=self.words.title,
            moment=instant(self.order.as_of),
        )
        if self.order.snapshot is None:
            return said
        return f"{said} {self.order.snapshot.name}, sha256:{self.order.snapshot.id}."

    def link(self, kind: str, code: str) -> str:
        """Return where a page lies in the folder of this language."""
        return edition_pages.path(kind, code)


def _in_one_language(desk: Desk) -> Files:
    make: list[Callable[[Desk], Iterator[edition_pages.Page]]] = [
        edition_pages.front,
        edition_pages.plan,
        edition_pages.measures,
        edition_pages.indicators,
        edition_pages.countries,
        edition_pages.groups,
        _method,
        _data_page,
    ]
    for maker in make:
        for page in maker(desk):
            yield f"{desk.prefix}{page.path}", _laid_out(desk, page)
            for path, made in page.beside:
                yield f"{desk.prefix}{path}", made
    yield f"{desk.prefix}search.js", feeds.search(_entries(desk))
    yield f"{desk.prefix}feed.xml", _news(desk)


def _laid_out(desk: Desk, page: edition_pages.Page) -> bytes:
    depth = page.path.count("/")
    own = "../" * depth
    top = own + "../" * desk.prefix.count("/")
    usual = {
        "language": "en" if i18n.language() == i18n.PSEUDO else i18n.language(),
        "direction": i18n.direction(),
        "mirrored": i18n.direction() == "rtl",
        "root": own or "./",
        "top": top or "./",
        "here": page.nav or page.path,
        "nav": _nav(),
        "languages": _languages(desk, page.path),
        "plan": desk.words.title,
        "short": desk.words.short_title,
        "kicker": desk.words.title,
        "canonical": f"{desk.order.address}/{desk.prefix}{page.path}" if desk.order.address else "",
        "licence": CC_BY,
        "mark": desk.mark,
        "stamp": _("Record as known at {moment}. Source: {publisher}.").format(
            moment=instant(desk.order.as_of), publisher=desk.order.publisher
        ),
        "citation": desk.citation,
        "trail": (),
        "w": _words(),
    }
    return edition.page(page.template, usual | dict(page.content))


def _nav() -> list[tuple[str, str]]:
    return [
        ("index.html", _("Overview")),
        ("plan.html", _("Plan")),
        ("indicators.html", _("Indicators")),
        ("countries.html", _("Countries")),
        ("regions.html", _("Regions and groups")),
        ("data.html", _("Data")),
        ("method.html", _("Methodology")),
    ]


def _languages(desk: Desk, path: str) -> list[tuple[str, tuple[str, str]]]:
    """Return the same page in the other languages of the edition."""
    first = desk.order.languages[0]
    return [
        (path if code == first else f"{code}/{path}", (code, i18n.LANGUAGES.get(code, code)))
        for code in desk.order.languages
        if code != i18n.language()
    ]


def _words() -> dict[str, str]:
    return {
        "skip": _("Skip to the content"),
        "pages": _("Pages"),
        "search": _("Search"),
        "try": _("Country, measure, word …"),
        "nothing": _("Nothing found."),
        "news": _("Latest figures"),
        "licence": _("Licence:"),
        "cite": _("Cite as:"),
        "cite_title": _("Cite as"),
        "data": _("Data"),
        "method": _("Methodology"),
        "csv": _("The data of this page (CSV)"),
        "dates": _("What comes next"),
        "others": _("The other indicators, each with its map"),
    }


def _method(desk: Desk) -> Iterator[edition_pages.Page]:
    from markupsafe import Markup

    html = Markup(edition.told(METHOD.read_text("utf-8")))  # noqa: S704 - our own text, escaped
    yield edition_pages.Page(
        "method.html",
        "text.html",
        {
            "title": _("Methodology"),
            "lede": _("How every figure is reckoned."),
            "html": html,
        },
    )


def _data_page(desk: Desk) -> Iterator[edition_pages.Page]:
    files = [
        (
            f"data/{what}.csv",
            _(said),
            _("{n} kB").format(n=number(desk.sizes[what] / 1000, 0)),
        )
        for what, said in TABLES.items()
    ]
    yield edition_pages.Page(
        "data.html",
        "data.html",
        {
            "title": _("Data"),
            "lede": _("Everything that these pages show, to take away."),
            "files": files,
            "same": _(
                "Every file says its source, its moment, its licence (CC BY 4.0) and which figures "
                "are illustrative. Small counts that could point at a person are hidden."
            ),
            "sources_title": _("What every reader should know"),
            "notices": desk.words.notices,
        },
    )


def _entries(desk: Desk) -> Iterator[list[str]]:
    """Yield what the search of the edition finds: title, kind, page, other names."""
    known = {
        "state": ("country", _("Country")),
        "observer": ("country", _("Observer State")),
        "region": ("region", _("Region")),
        "subregion": ("region", _("Region")),
        "world": ("region", _("World")),
        "group": ("region", _("Group of States")),
        "objective": ("objective", _("Objective")),
        "measure": ("measure", _("Measure")),
        "indicator": ("indicator", _("Indicator")),
    }
    shown = {*desk.countries, *desk.groups}
    for entry in (*search.areas(desk.session), *search.plan(desk.words)):
        hit = entry.hit
        if hit.kind not in known or (known[hit.kind][0] in {"country", "region"}
                                     and hit.code not in shown):  # fmt: skip
            continue
        kind, said = known[hit.kind]
        title = desk.names.get(hit.code, hit.title) if kind in {"country", "region"} else hit.title
        others = " ".join(dict.fromkeys(map(search.plain, (hit.code, *entry.names))))
        yield [title, said, desk.link(kind, hit.code), others]
    for term in search.terms(glossary.TERMS, _):
        yield [term.hit.title, _("Glossary"), "method.html", search.plain(term.told)]


def _news(desk: Desk) -> bytes:
    rows = reads.recent(desk.session, desk.order.plan, as_of=desk.order.as_of, limit=NEWS)
    mark = f"{desk.mark}. " if desk.mark else ""
    base = f"{desk.order.address}/{desk.prefix}" if desk.order.address else ""
    entries = [
        {
            "id": f"urn:headway:{desk.order.plan}:{row['area']}-{row['seq']}",
            "title": f"{desk.names[row['area']]}: {row['title']} ({row['period']})",
            "at": feeds.stamp(row["accepted_at"]),
            "to": f"{base}{desk.link('country', str(row['area']))}"
            if row["area"] in set(desk.countries)
            else f"{base}{desk.link('indicator', str(row['indicator']))}",
            "summary": mark
            + desk.subject(desk.found.plan.scope).amount(str(row["indicator"]), row["value"]),
        }
        for row in rows.to_dict("records")
    ]
    about = {
        "id": f"urn:headway:{desk.order.plan}:{i18n.language()}",
        "title": f"{mark}{desk.words.title}: {_('Latest figures')}",
        "rights": f"{CC_BY.title} ({CC_BY.address})",
        "author": desk.order.publisher,
    }
    return feeds.atom(about, desk.order.as_of, entries)
