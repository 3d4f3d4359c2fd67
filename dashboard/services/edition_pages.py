"""The pages of the static edition, one after another: what each says, before it is laid out."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from dashboard.charts import palette, tiles
from dashboard.exchange import table as tables
from dashboard.exchange.brief import Bar, Bars, Part, Verdict
from dashboard.exchange.brief.note import Scale
from dashboard.exchange.edition import drawing
from dashboard.i18n import _, date, number
from dashboard.services import profiles, regions, views
from dashboard.services.briefs import body
from dashboard.services.briefs.subject import Aim, Subject, dated, known, verdict
from dashboard.services.texts import IndicatorText

if TYPE_CHECKING:
    from dashboard.services.edition import Desk

FOLDERS: Final = {
    "country": "countries",
    "region": "regions",
    "objective": "objectives",
    "measure": "measures",
    "indicator": "indicators",
}
COMING: Final = 8
"""Dates on the front page."""
Row = Mapping[Hashable, Any]
Pages = Iterator["Page"]


@dataclass(frozen=True)
class Page:
    """A page: where it lies, how it is laid out, what it says, and files beside it."""

    path: str
    template: str
    content: Mapping[str, Any]
    beside: tuple[tuple[str, bytes], ...] = ()
    nav: str = ""  # the entry of the list of pages that it belongs to


def path(kind: str, code: str) -> str:
    """Return where the page of an area, objective, measure or indicator lies."""
    return f"{FOLDERS[kind]}/{code}.html"


# Pieces -------------------------------------------------------------------------------------------


def shown(status: str) -> Verdict:
    """Return a status in the colours of the sheet."""
    return drawing.fill(verdict(status), palette.mark(status).step)


def _recoloured(bars: Bars) -> Bars:
    """Return bars in the colours of the sheet."""

    def part(one: Part) -> Part:
        return Part(shown(one.verdict.status), one.n)

    made = tuple(
        Bar(one.label, tuple(part(each) for each in one.parts), one.total, one.shown, one.said)
        for one in bars.bars
    )
    return replace(bars, bars=made, key=tuple(shown(one.status) for one in bars.key))


def _bars(counts: pd.DataFrame, names: Mapping[str, str], by: str, words: tuple[str, str]) -> Bars:
    """Return how many series stand where, a bar for each of what they are counted by."""
    rows = counts[counts[by].isin(names)].assign(
        bar=lambda it: it[by].map(names), n=lambda it: it["count"]
    )
    return _recoloured(body.bars(rows, title=words[0], note=words[1]))


def _map(desk: "Desk", statuses: pd.DataFrame, said: Mapping[str, str], up: str) -> dict[str, Any]:
    """Return the world as tiles: `statuses` has area and status, `said` more words by area."""
    areas = desk.found.plan.areas
    placed = areas[(areas["column"] >= 0) & (areas["row"] >= 0)].reset_index(drop=True)
    status = tiles.said_of(statuses, placed)
    places = []
    for row, word in zip(placed.to_dict("records"), status.tolist(), strict=True):
        mark, name = palette.mark(word), desk.names[row["area"]]
        told = ": ".join(one for one in (palette.word(word), said.get(row["area"], "")) if one)
        places.append(
            {
                "column": row["column"],
                "row": row["row"],
                "code": row["area"],
                "step": mark.step,
                "sign": mark.sign,
                "texture": mark.texture,
                "said": f"{name}: {told}",
                "to": f"{up}{path('country', row['area'])}",
            }
        )
    ordered = palette.ordered(list(status.unique()))
    return {
        "map": places,
        "map_said": tiles.alt(statuses, placed),
        "map_key": [shown(word) for word in ordered],
    }


def _csv(desk: "Desk", rows: pd.DataFrame, title: str) -> bytes:
    return tables.csv(rows, replace(desk.meta, title=title))


# The front page -----------------------------------------------------------------------------------


def front(desk: "Desk") -> Pages:
    """Yield the first page: where the whole plan stands."""
    found = desk.found
    note = desk.note(found.plan.scope)
    links = {
        row["title"]: path("objective", row["objective"])
        for row in found.plan.objectives.to_dict("records")
    }
    code = str(found.plan.indicators["indicator"].iloc[0])
    rows = views.latest(found, code)
    coming = [one for one in desk.words.events if (one.ends or one.starts) >= note.day][:COMING]
    yield Page(
        "index.html",
        "front.html",
        {
            "title": desk.words.short_title,
            "lede": _("As known on {day}").format(day=date(note.day, "long")),
            "note": note,
            "statuses": _recoloured(note.statuses),
            "links": links,
            "map_title": _("{name}: every country").format(name=desk.words.indicator(code).name),
            "map_to": path("indicator", code),
            "dates": [(date(one.starts), one.title) for one in coming],
            **_map(
                desk,
                rows[["area", "status"]],
                _said(desk.subject(found.plan.scope), code, rows),
                "",
            ),
        },
    )


def _said(subject: Subject, code: str, rows: pd.DataFrame) -> dict[str, str]:
    """Return the latest value of each area on an indicator, with its year."""
    return {
        str(row["area"]): dated(subject.amount(code, row["value"]), row["year"])
        for row in rows.to_dict("records")
        if not pd.isna(row["value"])
    }


# The plan -----------------------------------------------------------------------------------------


def plan(desk: "Desk") -> Pages:
    """Yield the plan and each of its objectives."""
    words, found = desk.words, desk.found
    by_measure = views.statuses(found, "measure", tier="")
    lists = []
    for one in words.objectives:
        measures = [each for each in words.measures if each.objective == one.code]
        entries = [(path("measure", each.code), f"{each.code}  {each.title}") for each in measures]
        lists.append((f"{one.code}  {one.title}", entries))
        titles = {each.code: f"{each.code}  {each.title}" for each in measures}
        own = [each for each in words.indicators if each.objective == one.code]
        yield Page(
            path("objective", one.code),
            "plan.html",
            {
                "title": one.title,
                "lede": _("Objective {code}").format(code=one.code),
                "trail": [("index.html", _("Overview")), ("plan.html", _("Plan"))],
                "text": one.description,
                "facts": _facts((_("Paragraphs"), one.paras)),
                "statuses": _bars(
                    by_measure,
                    titles,
                    "measure",
                    (_("How the series of its measures stand"), _counted()),
                ),
                "links": {titles[code]: f"../{path('measure', code)}" for code in titles},
                "lists": [(_("Indicators"), _listed(own))],
                "list_class": "ed-list",
                "quotes": [],
            },
            nav="plan.html",
        )
    yield Page(
        "plan.html",
        "plan.html",
        {
            "title": _("Plan"),
            "lede": _("From objective to measure to indicator."),
            "text": "",
            "facts": _facts(
                (_("Document"), words.symbol),
                (_("Adopted"), f"{date(words.adopted)}, {words.adopted_by}"),
                (_("Legal nature"), words.legal_nature),
            ),
            "statuses": _recoloured(desk.note(found.plan.scope).statuses),
            "links": {one.title: path("objective", one.code) for one in words.objectives},
            "lists": lists,
            "list_class": "",
            "quotes": [(_("What every reader should know"), words.notices)],
        },
    )


def _counted() -> str:
    return _("A series is one indicator in one State, or in a region or the world.")


def _facts(*pairs: tuple[str, str]) -> list[tuple[str, str]]:
    return [(name, text) for name, text in pairs if text]


def _listed(found: Sequence[IndicatorText]) -> list[tuple[str, str]]:
    return [(path("indicator", one.code), f"{one.code}  {one.name}") for one in found]


def measures(desk: "Desk") -> Pages:
    """Yield each measure: who carries it out, what it serves, how its series stand."""
    counts = views.statuses(desk.found, "indicator", tier="")
    for one in desk.words.measures:
        objective = desk.words.objective(one.objective)
        own = [desk.words.indicator(code) for code in one.indicators]
        titles = {each.code: f"{each.code}  {each.name}" for each in own}
        yield Page(
            path("measure", one.code),
            "plan.html",
            {
                "title": one.title,
                "lede": _("Measure {code} of the objective “{title}”").format(
                    code=one.code, title=objective.title
                ),
                "trail": [
                    ("plan.html", _("Plan")),
                    (path("objective", objective.code), objective.title),
                ],
                "text": one.description,
                "facts": _facts(
                    (_("Paragraphs"), one.paras),
                    (_("Lead"), "; ".join(one.lead)),
                    (_("Support"), "; ".join(one.support)),
                ),
                "statuses": _bars(
                    counts,
                    titles,
                    "indicator",
                    (_("How the series of its indicators stand"), _counted()),
                ),
                "links": {title: f"../{path('indicator', code)}" for code, title in titles.items()},
                "lists": [(_("Indicators"), _listed(own))],
                "list_class": "",
                "quotes": [
                    (
                        _("What it serves"),
                        [
                            " – ".join(
                                part for part in (each.title, each.reference, each.article) if part
                            )
                            for each in one.references
                        ],
                    )
                ]
                if one.references
                else [],
            },
            nav="plan.html",
        )


# Indicators ---------------------------------------------------------------------------------------


def indicators(desk: "Desk") -> Pages:
    """Yield the list of indicators and a page for each: what it is, and every State on it."""
    lists = [
        (
            f"{one.code}  {one.title}",
            _listed([each for each in desk.words.indicators if each.objective == one.code]),
        )
        for one in desk.words.objectives
    ]
    yield _list_page("indicators.html", _("Indicators"), lists)
    subject = desk.subject(desk.found.plan.scope)
    for one in desk.words.indicators:
        if one.code in set(desk.found.plan.indicators["indicator"]):
            yield _indicator(desk, subject, one)


def _list_page(where: str, title: str, lists: Sequence[tuple[str, Any]]) -> Page:
    content: dict[str, Any] = {
        "title": title,
        "lede": _("Each with a page of its own."),
        "text": "",
        "facts": [],
        "statuses": None,
        "links": {},
        "lists": lists,
        "list_class": "ed-list",
        "quotes": [],
    }
    return Page(where, "plan.html", content)


def _indicator(desk: "Desk", subject: Subject, one: IndicatorText) -> Page:
    found, code = desk.found, one.code
    rows = views.latest(found, code)
    listed = [
        {
            "name": desk.names[row["area"]],
            "to": path("country", row["area"]),
            "value": subject.figure(code, row["value"]),
            "year": "" if pd.isna(row["year"]) else str(int(row["year"])),
            "verdict": shown(row["status"]),
        }
        for row in rows.sort_values("name").to_dict("records")
    ]
    target = subject.target(code)
    aim = subject.aim(code)
    whose = _("{target} by {year}, {whose}").format(
        target=target, year=aim.year, whose=aim.whose) if aim else _("none set")  # fmt: skip
    csv = f"indicators/{code}.csv"
    taken = rows.drop(columns=["column", "row", "region", "subregion"])
    reported = _("{n} of {of} States report").format(
        n=number(int(rows["value"].notna().sum())), of=number(len(rows))
    )
    return Page(
        path("indicator", code),
        "indicator.html",
        {
            "title": one.name,
            "lede": _("Indicator {code}: {reported}").format(code=code, reported=reported),
            "trail": [("indicators.html", _("Indicators"))],
            "definition": one.fields["definition"],
            "facts": _facts(
                (_("Unit"), str(one.fields["unit"])),
                (_("Better is"), _better(str(one.fields["direction"]))),
                (_("Target"), whose),
                (_("Source"), str(one.fields["source"])),
            ),
            "map_title": _("Every country"),
            "rows_title": _("Every Member State"),
            "heads": (_("Country"), _("Latest value"), _("Year"), _("Status")),
            "rows": listed,
            "csv": csv,
            "caveat": str(one.fields["human_rights_caveat"] or ""),
            **_map(desk, rows[["area", "status"]], _said(subject, code, rows), "../"),
            **_way(desk, subject, code, aim),
            **_of_groups(desk, subject, code),
        },
        beside=((csv, _csv(desk, taken, f"{code} {one.name}")),),
        nav="indicators.html",
    )


def _better(direction: str) -> str:
    return {"up": _("higher"), "down": _("lower")}.get(
        direction, _("neither: context only, so there is no verdict")
    )


def _way(desk: "Desk", subject: Subject, code: str, aim: Aim | None) -> dict[str, Any]:
    """Return the figure of all over the years, where enough States report."""
    scope = desk.found.plan.scope
    rows = views.aggregates(desk.found, code, [scope])
    rows = rows[rows["is_publishable"] & rows["value"].notna()]
    rows = rows[rows["year"] <= desk.found.year]
    is_share = bool(len(rows)) and rows["rule"].iloc[-1] == regions.SHARE
    points = [
        (int(year), float(value)) for year, value in zip(rows["year"], rows["value"], strict=True)
    ]
    if not points:
        return {"points": [], "target": None, "line_title": "", "line_said": "", "labels": {}}
    goal = (aim.year, aim.value) if aim is not None and not is_share else None
    values = [value for _year, value in points] + ([goal[1]] if goal else [])
    low, high = min(0.0, *values), max(0.0, *values) or 1.0
    first, last = rows.iloc[0], rows.iloc[-1]
    behind = (
        _("{n} of {of} States reporting").format(
            n=number(int(last["n"])), of=number(int(last["states"]))
        )
        if last["states"]
        else _("told for all of it together")
    )
    said = _("{name}: {first} in {start}, {last} in {end} ({behind}).").format(
        name=desk.names[scope],
        first=subject.amount(code, first["value"], is_share=is_share),
        start=int(first["year"]),
        last=subject.amount(code, last["value"], is_share=is_share),
        end=int(last["year"]),
        behind=behind,
    )
    return {
        "points": points,
        "target": goal,
        "line_title": _("{name} over the years").format(name=desk.names[scope]),
        "line_said": said,
        "labels": {
            "low": subject.figure(code, low, is_share=is_share),
            "high": subject.figure(code, high, is_share=is_share),
            "target": _("target {value}").format(value=subject.figure(code, goal[1]))
            if goal
            else "",
        },
    }


def _standing(desk: "Desk", group: str) -> dict[str, Row]:
    """Return where a group stands, by indicator."""
    rows = regions.standing(desk.found, group)
    return {str(row["indicator"]): row for row in rows.to_dict("records")}


def _of_groups(desk: "Desk", subject: Subject, code: str) -> dict[str, Any]:
    rows = []
    for group in desk.groups:
        own = desk.found.once(
            f"standing {group}",
            lambda group=group: _standing(desk, group),  # type: ignore[misc]
        )
        if code not in own:
            continue
        row = own[code]
        is_share = row["rule"] == regions.SHARE
        rows.append(
            (
                path("region", group),
                desk.names[group],
                subject.figure(code, row["value"], is_share=is_share),
                "" if known(row["year"]) is None else str(int(row["year"])),
                _("{n} of {of}").format(n=number(int(row["n"])), of=number(int(row["states"]))),
            )
        )
    return {
        "groups": rows,
        "groups_title": _("Regions and groups"),
        "groups_heads": (_("Region or group"), _("Figure"), _("Year"), _("n of N")),
    }


# Areas --------------------------------------------------------------------------------------------


def countries(desk: "Desk") -> Pages:
    """Yield the list of countries by region, and a page for each."""
    areas = desk.found.plan.areas.set_index("area")
    by_region: dict[str, list[tuple[str, str]]] = {}
    for code in desk.countries:
        region = desk.names.get(str(areas.loc[code, "region"]), _("Others"))
        by_region.setdefault(region, []).append((path("country", code), desk.names[code]))
    yield _list_page("countries.html", _("Countries"), sorted(by_region.items()))
    for code in desk.countries:
        rows = profiles.standing(desk.found, code)
        yield _area(desk, code, "country", rows, _in_country)


def groups(desk: "Desk") -> Pages:
    """Yield the list of regions and groups, and a page for each."""
    listed = [(path("region", code), desk.names[code]) for code in desk.groups]
    title = _("Regions and groups")
    yield _list_page("regions.html", title, [(title, listed)])
    for code in desk.groups:
        rows = regions.standing(desk.found, code)
        yield _area(desk, code, "region", rows, _in_group)


def _area(desk: "Desk", code: str, kind: str, rows: pd.DataFrame, tell: Any) -> Page:
    note, subject = desk.note(code), desk.subject(code)
    csv = f"{FOLDERS[kind]}/{code}.csv"
    is_group = kind == "region"
    home = "regions.html" if is_group else "countries.html"
    members = (
        [(path("country", one), desk.names[one]) for one in regions.members(desk.found, code)
         if one in set(desk.countries)] if is_group else []
    )  # fmt: skip
    return Page(
        path(kind, code),
        "area.html",
        {
            "title": note.title,
            "lede": _("As known on {day}").format(day=date(note.day, "long")),
            "trail": [(home, _("Regions and groups") if is_group else _("Countries"))],
            "note": note,
            "statuses": _recoloured(note.statuses),
            "links": {
                row["title"]: f"../{path('objective', row['objective'])}"
                for row in desk.found.plan.objectives.to_dict("records")
            },
            "rows_title": _("Every indicator"),
            "rows_note": _("A figure with a dash is not reported; levels stand as numbers."),
            "heads": _heads(is_group=is_group),
            "rows": [tell(subject, row) for row in rows.to_dict("records")],
            "members": members,
            "members_title": _("Who belongs"),
            "csv": csv,
        },
        beside=((csv, _csv(desk, rows, note.title)),),
        nav=home,
    )


def _heads(*, is_group: bool) -> tuple[str, ...]:
    scale = _("On its own scale from zero")
    if is_group:
        return (_("Indicator"), scale, _("Figure (year)"), _("n of N"), _("Target (year)"),
                _("Status"))  # fmt: skip
    return (_("Indicator"), scale, _("Baseline (year)"), _("Latest (year)"), _("Target (year)"),
            _("Status"))  # fmt: skip


def _in_country(subject: Subject, row: Row) -> dict[str, Any]:
    code = str(row["indicator"])
    aim = subject.aim(code)
    held = _("none set") if aim is None else _held(subject, code, aim)
    return _told(
        subject,
        row,
        Scale(known(row["value"]), known(row["base"]), None if aim is None else aim.value,
              known(row["median"]), subject.upper(code), shown(str(row["status"])), ""),
        (
            dated(subject.figure(code, row["base"]), row["base_year"]),
            dated(subject.figure(code, row["value"]), row["year"]),
            held,
        ),
    )  # fmt: skip


def _held(subject: Subject, code: str, aim: Aim) -> str:
    held = dated(aim.sign + subject.figure(code, aim.value), aim.year)
    return _("{target}, {whose}").format(target=held, whose=aim.whose)


def _in_group(subject: Subject, row: Row) -> dict[str, Any]:
    code, is_share = str(row["indicator"]), row["rule"] == regions.SHARE
    target = known(row["target"])
    held = _("none set")
    if target is not None:
        held = dated(subject.figure(code, target, is_share=is_share), row["target_year"])
    figure = "–" if not row["n"] else _("too few")
    if known(row["value"]) is not None:
        figure = dated(subject.figure(code, row["value"], is_share=is_share), row["year"])
    return _told(
        subject,
        row,
        Scale(known(row["value"]), None, target, None,
              1.0 if is_share else subject.upper(code), shown(str(row["status"])), ""),
        (
            figure,
            _("{n} of {of}").format(n=number(int(row["n"])), of=number(int(row["states"]))),
            held,
        ),
    )  # fmt: skip


def _told(subject: Subject, row: Row, scale: Scale, cells: tuple[str, ...]) -> dict[str, Any]:
    code, name = str(row["indicator"]), str(row["name"])
    said = f"{name}: {'; '.join(cells)}"
    return {
        "name": name,
        "to": path("indicator", code),
        "mark": subject.unit(code) if subject.unit(code) != "%" else "",
        "scale": replace(scale, said=said),
        "cells": cells,
        "verdict": scale.verdict,
    }
