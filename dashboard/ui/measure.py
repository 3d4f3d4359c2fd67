"""What the page of a measure shows: its text, who does it, what it serves, how far it is."""

from collections.abc import Mapping, Sequence
from datetime import date as Day
from typing import Any, Final

import pandas as pd
import plotly.graph_objects as go

from dashboard import charts
from dashboard.i18n import _, date, listing, number, plural
from dashboard.i18n.labels import word
from dashboard.progress.words import WITHOUT_VERDICT
from dashboard.services import measures, updates, views
from dashboard.services.texts import MeasureText, PlanTexts
from dashboard.services.views import Picture
from dashboard.ui import look, visit, ways, widgets
from dashboard.ui.ways import Crumb
from models import AreaKind, Implementation

FEW: Final = 12
"""Rows that a table shows before it is asked for more."""
NAMED: Final = 5
"""Areas that are named before the rest is counted."""
AHEAD: Final = 14
"""Milestones that the road map names."""
SIGNS: Final = {">=": "≥ ", "<=": "≤ "}
BLOCKED: Final = Implementation.BLOCKED
MOVING: Final = frozenset({Implementation.UNDER_WAY, Implementation.COMPLETED})
OVER: Final = frozenset(
    {Implementation.COMPLETED, Implementation.DISCONTINUED, Implementation.NOT_APPLICABLE}
)
WAYS_AHEAD: Final = ("weakness", "gap", "challenge")


def pick(words: PlanTexts) -> str:
    """Let the visitor choose a measure by its code and title."""
    titles = {entry.code: f"{entry.code}  {entry.title}" for entry in words.measures}
    picked = widgets.choose(_("Measure"), list(titles), name="measure", show=titles.__getitem__)
    return picked or next(iter(titles))


def pick_area(found: Picture) -> str:
    """Let the visitor choose whose figures are held against the targets; the world at first."""
    scope = found.plan.scope
    kinds = (AreaKind.REGION, AreaKind.SUBREGION, AreaKind.GROUP)
    groups = [code for code in views.groups(found, *kinds) if code != scope]
    states = found.plan.areas.loc[found.plan.areas["is_member"], "area"].tolist()
    return widgets.pick_area(found, [scope, *groups, *states], _("Figures of")) or scope


def trail(words: PlanTexts, text: MeasureText) -> list[Crumb]:
    """Return the way to a measure."""
    objective = words.objective(text.objective)
    return [
        Crumb(words.short_title, "plan"),
        Crumb(objective.title, "plan", {"objective": objective.code}),
    ]


# In words --------------------------------------------------------------------------------------


def told(text: MeasureText, words: PlanTexts) -> look.Html:
    """Return a measure in words: what, where it stands and how sure that is, who, what kind."""
    facts = [
        (_("Objective"), words.objective(text.objective).title),
        (_("Lead"), listing(list(text.lead))),
        (_("Support"), listing(list(text.support))),
        (_("Approach"), word("approach", text.approach)),
        (_("Founding report A/64/130, paragraphs"), ", ".join(text.founding_paras) or "–"),
        (_("How the text is known"), word("content_basis", text.content_basis)),
    ]
    tags = [look.tag(word("dimension", entry)) for entry in text.dimensions]
    return look.join(
        [look.quote(text.description, paragraphs(text)), look.join(tags), look.facts(facts)]
    )


def paragraphs(text: MeasureText) -> str:
    """Return where a measure stands in the plan, with how sure that is."""
    parts = [
        place(text.paras),
        confidence(text.para_confidence),
        _("added by this project") if text.origin == "seed" else "",
    ]
    return ", ".join(part for part in parts if part)


def place(paras: str) -> str:
    """Return where in the plan something stands: paragraphs by number, other parts by name."""
    named, _and, numbers = paras.rpartition(" and ")
    if not numbers[:1].isdigit():
        return paras
    numbers = numbers.replace("-", "–")
    said = _("paragraph {paras}") if numbers.isdigit() else _("paragraphs {paras}")
    counted = said.format(paras=numbers)
    return _("{part} and {paras}").format(part=named, paras=counted) if named else counted


def confidence(code: str) -> str:
    """Return how sure a paragraph number is, in words."""
    return {
        "verified": _("paragraph verified"),
        "medium": _("paragraph not yet checked against the official text"),
        "low": _("paragraph not known; the range is the section"),
        "none": _("no paragraph is claimed"),
    }.get(code, code)


def served(text: MeasureText) -> look.Html:
    """Return which articles and targets of other texts a measure serves, and in what relation."""
    if not text.references:
        return look.empty(_("No article of another instrument is linked to this measure."))
    rows = [
        (
            entry.title or entry.instrument,
            f"{entry.reference} {entry.article}".strip(),
            f"{word('relation', entry.relation)}{'. ' + entry.note if entry.note else ''}",
        )
        for entry in text.references
    ]
    heads = [_("Instrument"), _("Article or target"), _("How they relate")]
    return look.table(_("Instruments and articles it serves"), heads, rows)


# Indicators against their targets ---------------------------------------------------------------


def bullets(found: Picture, text: MeasureText, area: str) -> pd.DataFrame:
    """Return the indicators of a measure as bullets, in the measure's own order."""
    table = measures.standing(found, area).set_index("indicator")
    own = table.reindex([code for code in text.indicators if code in table.index]).reset_index()
    is_group = own["rule"].ne("").any()
    behind = [
        _("{n} of {of} States").format(n=number(n), of=number(of))
        for n, of in zip(own["n"], own["states"], strict=True)
    ]
    counted = pd.Series(is_group, index=own.index) & ~own["is_direct"] & own["value"].notna()
    label = own["indicator"] + "  " + own["name"]
    in_levels = own["unit"].str.startswith("level")
    label = label.where(~in_levels, label + " (" + own["unit"] + ")")
    label = label.where(~counted, label + " · " + pd.Series(behind, index=own.index))
    plain = own.assign(
        label=label,
        unit=own["unit"].map(unit),
        median=own["beside"],
        is_unsure=own["is_low"],
        goal=[goal(row) for row in own.to_dict("records")],
    )
    kept = ["indicator", *charts.bullet.BULLETS, "base_year", "target_year", "n", "states"]
    return plain[kept]


def unit(said: str) -> str:
    """Return a unit as it stands behind a number; nothing for levels, which are told in words."""
    if said.startswith(("level", "0/1")):
        return ""
    return "%" if said.startswith("%") else said


def goal(row: dict[str, object] | dict[object, object]) -> str:
    """Return a target in words with who stands behind it; empty where none is set."""
    named = {str(name): value for name, value in row.items()}
    target, due = float(str(named["target"])), float(str(named["target_year"]))
    if target != target:  # noqa: PLR0124 - missing is not equal to itself
        return ""
    shown = charts.theme.amount(target, unit(str(named["unit"])))
    sign = SIGNS.get(str(named["operator"]), "")
    status = charts.trend.target_word(str(named["target_status"]))
    if named["rule"] == measures.SHARE:
        return _("Target: every State by {year} ({status})").format(year=int(due), status=status)
    return _("Target {value} by {year} ({status})").format(
        value=f"{sign}{shown}", year=int(due), status=status
    )


def beside(found: Picture, area: str) -> str:
    """Return what the diamond on a bullet is."""
    place = found.plan.areas.set_index("area").loc[area]
    if place["kind"] in measures.STATES:
        region = found.names.get(str(place["region"]), str(place["region"]))
        return _("Median of {region}").format(region=region)
    return found.names.get(found.plan.scope, _("World"))


def against_targets(found: Picture, table: pd.DataFrame, area: str) -> go.Figure:
    """Draw the indicators of a measure against their targets."""
    name = found.names.get(area, area)
    assessed = table[~table["status"].isin(WITHOUT_VERDICT)]
    good = int(assessed["status"].isin(views.GOOD).sum())
    if assessed.empty:
        title = _("{name}: no indicator of this measure can be judged yet").format(name=name)
    else:
        title = plural(
            "{{name}}: {n} of {{of}} indicators that can be judged is on track or met",
            "{{name}}: {n} of {{of}} indicators that can be judged are on track or met",
            good,
        ).format(name=name, of=number(len(assessed)))
    drawn = widgets.drawn(
        found,
        title,
        coverage=widgets.covered(table["value"].notna().sum(), len(table), _("indicators")),
        note=how_bullets(found, area),
    )
    return charts.bullet.draw(table, beside=beside(found, area), **drawn)


def how_bullets(found: Picture, area: str) -> str:
    """Return how the figures on the scales come about."""
    kind = found.plan.areas.set_index("area").loc[area, "kind"]
    if kind in measures.STATES:
        return _("The latest accepted figure of the country; each scale starts at zero.")
    return _(
        "Aggregates by the rule of each indicator over the States that reported in both years, "
        "n of N with each; shares are of reporting States. Each scale starts at zero."
    )


# Execution --------------------------------------------------------------------------------------


def reports(found: Picture) -> pd.DataFrame:
    """Return the newest accepted report of each area on each measure."""
    with visit.read() as session:
        table = updates.accepted(session, plan=found.plan.plan, as_of=widgets.as_of(found))
    return measures.latest(table)


def execution(found: Picture, newest: pd.DataFrame, code: str) -> pd.DataFrame:
    """Return in how many States a measure stands where, in all and by region."""
    rows = measures.by_region(found, newest, code)
    names = found.names
    whole = rows.assign(bar=names.get(found.plan.scope, _("World")))
    regions = rows.assign(bar=rows["region"].map(names).fillna(rows["region"]))
    both = pd.concat([whole, regions.sort_values("bar", kind="stable")], ignore_index=True)
    both = both.assign(status=both["implementation"])
    return charts.status_bar.count(both, "bar")[["bar", "status", "n"]]


def carried_out(found: Picture, counts: pd.DataFrame) -> go.Figure:
    """Draw how far a measure is carried out, the silent States in view."""
    whole = counts[counts["bar"] == counts["bar"].iloc[0]].set_index("status")["n"]
    total = int(whole.sum())
    moving = int(whole.reindex(sorted(MOVING)).fillna(0).sum())
    silent = int(whole.get(measures.SILENT, 0))
    if silent == total:
        title = _("No State has reported on this measure yet")
    else:
        title = _(
            "Under way or completed in {n} of the {told} States that reported; {blocked} blocked"
        ).format(
            n=number(moving),
            told=number(total - silent),
            blocked=number(int(whole.get(BLOCKED, 0))),
        )
    drawn = widgets.drawn(
        found,
        title,
        coverage=widgets.covered(total - silent, total, _("States")),
        source=_("Reports on measures by national coordinators"),
        note=how_execution(),
    )
    return charts.status_bar.draw(counts, **drawn)


def how_execution() -> str:
    """Return how the state of a measure is counted."""
    return _(
        "The newest accepted report of each State. Execution says what is done; it is kept apart "
        "from the indicators, which say what came of it."
    )


def cards(found: Picture, text: MeasureText, newest: pd.DataFrame) -> look.Html:
    """Return a measure in four figures, each with how many stand behind it."""
    states = measures.by_region(found, newest, text.code)
    told = states[states["implementation"] != measures.SILENT]
    shares = {str(name): int(n) for name, n in states["implementation"].value_counts().items()}
    stand = views.statuses(found, "measure", tier="")
    stand = stand[stand["measure"] == text.code]
    tally = {str(name): int(n) for name, n in zip(stand["status"], stand["count"], strict=True)}
    every = sum(tally.values())
    reported = every - tally.get("no_data", 0)
    stuck = int(states["implementation"].eq(str(BLOCKED)).sum())
    return look.cards(
        [
            look.card(
                _("Its indicators in the States"),
                number(len(text.indicators)),
                unit=_("indicators"),
                foot=look.join([look.strip(tally), look.coverage(reported, every)])
                if every
                else _("not asked of States"),
            ),
            look.card(
                _("States that report on it"),
                number(len(told)),
                unit=_("of {n}").format(n=number(len(states))),
                foot=look.strip(shares),
            ),
            look.card(
                _("Blocked"),
                number(stuck),
                unit=_("of {n} reporting").format(n=number(len(told))),
            ),
        ]
    )


def blocked(found: Picture, newest: pd.DataFrame, code: str) -> look.Html:
    """Return who is blocked, by what, since when, and what comes next."""
    own = newest[(newest["measure"] == code) & (newest["implementation"].map(str) == BLOCKED)]
    if own.empty:
        return look.empty(_("Nobody has reported this measure as blocked."))
    names = found.names
    rows = [
        (
            look.anchor(
                names.get(row["area"], row["area"]), ways.address("country", area=row["area"])
            ),
            row["blocker"] or "–",
            row["next_step"] or "–",
            date(row["as_at"]),
        )
        for row in own.sort_values("as_at", ascending=False).head(FEW).to_dict("records")
    ]
    caption = plural("Blocked in {n} area", "Blocked in {n} areas", len(own))
    if len(own) > FEW:
        caption += " " + _("(the latest {few} are shown)").format(few=number(FEW))
    heads = [_("Area"), _("Blocked by"), _("Next step"), _("As at")]
    return look.table(caption, heads, rows)


def in_the_way(found: Picture, newest: pd.DataFrame, code: str) -> look.Html:
    """Return the weaknesses, gaps and challenges that areas name, the most frequent first."""
    own = newest[newest["measure"] == code]
    labels = {"weakness": _("Weakness"), "gap": _("Gap"), "challenge": _("Challenge")}
    rows = [row for kind in WAYS_AHEAD for row in _named(found, own, kind, labels[kind])]
    if not rows:
        return look.empty(_("No weakness, gap or challenge has been reported."))
    heads = [_("What is named"), _("As"), _("By"), _("Areas")]
    caption = _("Weaknesses, gaps and challenges, as named in the newest report of each area")
    return look.table(caption, heads, rows, numeric={3})


def resources(row: Mapping[Any, Any]) -> str:
    """Return what a report says of resources, in words: the amounts, then the text."""
    amounts = [
        said.format(amount=number(float(row[field])), currency=row["currency"])
        for field, said in (
            ("resources_needed", _("{amount} {currency} needed")),
            ("resources_committed", _("{amount} {currency} committed")),
        )
        if not pd.isna(row[field])
    ]
    return ". ".join(part for part in (", ".join(amounts), str(row["resources"])) if part)


def resourced(found: Picture, newest: pd.DataFrame, code: str) -> look.Html:
    """Return what areas need for a measure and what is committed, as named by each."""
    own = newest[newest["measure"] == code]
    told = own[own["resources"].str.strip().ne("") | own["currency"].ne("")]
    if told.empty:
        return look.empty(_("No resources, needed or committed, have been reported."))
    names = found.names
    rows = [
        (
            look.anchor(
                names.get(row["area"], row["area"]), ways.address("country", area=row["area"])
            ),
            *(_sum(row, field) for field in ("resources_needed", "resources_committed")),
            row["resources"] or "–",
            date(row["as_at"]),
        )
        for row in told.sort_values("as_at", ascending=False).head(FEW).to_dict("records")
    ]
    caption = plural("Resources, as {n} area reports", "Resources, as {n} areas report", len(told))
    if len(told) > FEW:
        caption += " " + _("(the latest {few} are shown)").format(few=number(FEW))
    heads = [_("Area"), _("Needed"), _("Committed"), _("In words"), _("As at")]
    return look.table(caption, heads, rows, numeric={1, 2})


def _sum(row: Mapping[Any, Any], field: str) -> str:
    return "–" if pd.isna(row[field]) else f"{number(float(row[field]))} {row['currency']}"


def _named(
    found: Picture, own: pd.DataFrame, kind: str, label: str
) -> list[tuple[str, str, str, str]]:
    told = own[own[kind].str.strip() != ""]
    by_text = told.groupby(kind)["area"].agg(list)
    order = sorted(by_text.items(), key=lambda entry: (-len(entry[1]), str(entry[0])))
    return [
        (str(text), label, some(found, areas), number(len(areas))) for text, areas in order[:FEW]
    ]


def some(found: Picture, areas: Sequence[str]) -> str:
    """Return the names of a few areas, and how many more there are."""
    names = sorted(found.names.get(area, area) for area in areas)
    if len(names) <= NAMED:
        return listing(names)
    more = plural("{n} more", "{n} more", len(names) - NAMED)
    return listing([*names[:NAMED], more])


# The road ---------------------------------------------------------------------------------------


def road(found: Picture, words: PlanTexts, text: MeasureText, newest: pd.DataFrame) -> pd.DataFrame:
    """Return what lies on the road of a measure: milestones of areas, target years, appraisals."""
    today = pd.Timestamp(widgets.as_of(found).date())
    own = measures.milestones(newest, text.code)
    ahead = own[(own["due"] >= today) & ~own["implementation"].isin(OVER)].head(AHEAD)
    names = found.names
    parts = [
        pd.DataFrame(
            {
                "day": ahead["due"],
                "said": "",
                "label": ahead["area"].map(names).fillna(ahead["area"]) + ": " + ahead["milestone"],
                "kind": _("Milestone of an area"),
            }
        ),
        _target_years(found, text),
        _appraisals(words, today.date()),
    ]
    table = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    table = table.assign(day=table["day"].astype("datetime64[us]"))
    return table.astype({"said": "str", "label": "str", "kind": "str"}).sort_values("day")


def _target_years(found: Picture, text: MeasureText) -> pd.DataFrame:
    aims = found.plan.targets
    aims = aims[aims["indicator"].isin(text.indicators) & aims["area"].isin(["", found.plan.scope])]
    by_year = aims.groupby("year")
    rows = [
        (
            pd.Timestamp(int(str(year)), 12, 31),
            str(year),
            _("Targets due: {codes} ({status})").format(
                codes=", ".join(dict.fromkeys(own["indicator"])),
                status=listing([charts.trend.target_word(one) for one in own["status"].unique()]),
            ),
            _("Target year"),
        )
        for year, own in by_year
    ]
    return pd.DataFrame(rows, columns=["day", "said", "label", "kind"])


def _appraisals(words: PlanTexts, today: Day) -> pd.DataFrame:
    rows = [
        (
            pd.Timestamp(event.starts),
            str(event.starts.year) if is_year(event.starts, event.ends) else "",
            event.title,
            word("event", event.kind),
        )
        for event in words.events
        if event.kind == "appraisal" and (event.ends or event.starts) >= today
    ]
    return pd.DataFrame(rows, columns=["day", "said", "label", "kind"])


def is_year(starts: Day, ends: Day | None) -> bool:
    """Say whether an event is known by its year alone."""
    last = ends or starts
    return (starts.month, starts.day, last.month, last.day) == (1, 1, 12, 31)


def how_road() -> str:
    """Return where the marks of a road come from."""
    return _(
        "Milestones as named in the newest report of each area; target years of its indicators."
    )


def road_map(found: Picture, events: pd.DataFrame, newest: pd.DataFrame, code: str) -> go.Figure:
    """Draw the road of a measure from today on."""
    today = widgets.as_of(found).date()
    own = measures.milestones(newest, code)
    late = int(((own["due"] < pd.Timestamp(today)) & ~own["implementation"].isin(OVER)).sum())
    ahead = int((events["kind"] == _("Milestone of an area")).sum())
    title = _("No milestone lies ahead")
    if ahead:
        title = plural("{n} milestone lies ahead", "{n} milestones lie ahead", ahead)
    if late:
        title += ", " + plural("{n} is past its date", "{n} are past their date", late)
    told = newest.loc[newest["measure"] == code, "area"].nunique()
    members = int(found.plan.areas["is_member"].sum())
    drawn = widgets.drawn(
        found,
        title,
        coverage=widgets.covered(told, members, _("States reporting on this measure")),
        source=_("Reports on measures, targets and dates of the plan"),
        note=how_road(),
    )
    return charts.timeline.draw(events, today=today, **drawn)


def overdue(found: Picture, newest: pd.DataFrame, code: str) -> pd.DataFrame:
    """Return the milestones whose date is past while the measure is not completed."""
    today = pd.Timestamp(widgets.as_of(found).date())
    own = measures.milestones(newest, code)
    late = own[(own["due"] < today) & ~own["implementation"].isin(OVER)]
    return late.assign(name=late["area"].map(found.names).fillna(late["area"]))


def late(table: pd.DataFrame) -> look.Html:
    """Return the milestones that are past their date."""
    rows = [
        (
            look.anchor(row["name"], ways.address("country", area=row["area"])),
            row["milestone"],
            date(row["due"]),
            word("implementation", row["implementation"]),
        )
        for row in table.sort_values("due").head(FEW).to_dict("records")
    ]
    if not rows:
        return look.Html("")
    caption = plural(
        "{n} milestone past its date, as last reported",
        "{n} milestones past their date, as last reported",
        len(table),
    )
    return look.table(caption, [_("Area"), _("Milestone"), _("Due"), _("State")], rows)


def links(table: pd.DataFrame, words: PlanTexts, area: str) -> look.Html:
    """Return the ways from a measure to each of its indicators."""
    anchors = [
        look.anchor(
            f"{code}  {words.indicator(code).name}",
            ways.address("indicator", indicator=code, area=area),
        )
        for code in table["indicator"]
    ]
    return look.line([look.tag(_("Open an indicator")), *anchors])
