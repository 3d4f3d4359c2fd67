"""What the page of the plan shows: objectives and measures in words, and how far they are."""

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from dashboard import charts
from dashboard.i18n import _, date, listing, number
from dashboard.i18n.labels import word
from dashboard.services import updates, views
from dashboard.services.texts import MeasureText, ObjectiveText, PlanTexts
from dashboard.services.views import Picture
from dashboard.ui import look, overview, visit, widgets


def about(words: PlanTexts) -> look.Html:
    """Return what the plan is, in a few facts."""
    return look.facts(
        [
            (_("Document"), words.symbol),
            (_("Adopted"), f"{date(words.adopted, 'long')}, {words.adopted_by}"),
            (_("Legal nature"), words.legal_nature),
            (_("Edition of this content"), words.edition),
        ]
    )


def pick_objective(words: PlanTexts) -> str:
    """Let the visitor choose an objective, and keep the choice in the address."""
    titles = {entry.code: entry.title for entry in words.objectives}
    picked = widgets.choose(_("Objective"), list(titles), name="objective", show=titles.__getitem__)
    return picked or next(iter(titles))


def objective(text: ObjectiveText) -> look.Html:
    """Return an objective in words, with its paragraphs and how sure they are."""
    where = listing_of(
        [
            _("Section {section}").format(section=text.section) if text.section else "",
            _("paragraphs {paras}").format(paras=text.paras) if text.paras else "",
            confidence(text.para_confidence),
            _("added by this project") if text.origin == "seed" else "",
        ]
    )
    return look.quote(text.description, where)


def confidence(code: str) -> str:
    """Return how sure a paragraph number is."""
    return {
        "verified": _("paragraph verified"),
        "medium": _("paragraph not yet checked against the official text"),
        "low": _("paragraph not known; the range is the section"),
        "none": _("no paragraph is claimed"),
    }.get(code, code)


def listing_of(parts: Sequence[str]) -> str:
    """Return what there is of these parts, divided by commas."""
    return ", ".join(part for part in parts if part)


def note() -> str:
    """Return what the bars count."""
    return _("All indicators of each measure in Member States; an indicator may serve several.")


def counts(found: Picture, chosen: str) -> pd.DataFrame:
    """Return how many series of each status each measure of an objective has."""
    measures = found.plan.measures[found.plan.measures["objective"] == chosen]
    names = dict(
        zip(measures["measure"], measures["measure"] + "  " + measures["title"], strict=True)
    )
    table = views.statuses(found, "measure", tier="")
    table = table[table["measure"].isin(names)]
    order = {code: place for place, code in enumerate(names)}
    table = table.sort_values("measure", key=lambda codes: codes.map(order), kind="stable")
    return table.assign(bar=table["measure"].map(names), n=table["count"])[["bar", "status", "n"]]


def bars(found: Picture, table: pd.DataFrame) -> go.Figure:
    """Draw the statuses of an objective by measure."""
    look_ = widgets.drawn(found, overview.sentence(table), note=note())
    return charts.status_bar.draw(table, **look_)


def reports(found: Picture) -> pd.DataFrame:
    """Return the accepted reports on measures, the newest of each area and measure."""
    with visit.read() as session:
        table = updates.accepted(session, plan=found.plan.plan, as_of=widgets.as_of(found))
    return table.drop_duplicates(["area", "measure"], keep="last")


def measures_of(words: PlanTexts, objective_code: str) -> list[MeasureText]:
    """Return the measures of an objective."""
    return [entry for entry in words.measures if entry.objective == objective_code]


def measure(text: MeasureText) -> look.Html:
    """Return a measure in words: what, where it stands, who, and what it serves."""
    where = listing_of(
        [
            _("paragraphs {paras}").format(paras=text.paras) if text.paras else "",
            confidence(text.para_confidence),
        ]
    )
    served: dict[str, list[str]] = {}
    for entry in text.references:
        said = f"{entry.reference} {entry.article}".strip()
        served.setdefault(entry.title or entry.instrument, []).append(said)
    facts = [
        (_("Approach"), word("approach", text.approach)),
        (_("Lead"), listing(list(text.lead))),
        (_("Support"), listing(list(text.support))),
        (_("Founding report A/64/130"), ", ".join(text.founding_paras) or "–"),
    ]
    tags = [look.tag(word("dimension", entry)) for entry in text.dimensions]
    rows = [(title, "; ".join(places)) for title, places in served.items()]
    heads = [_("Instrument"), _("Articles or targets")]
    return look.join(
        [
            look.quote(text.description, where),
            look.join(tags),
            look.facts(facts),
            look.table(_("What it serves"), heads, rows),
        ]
    )


def indicators(found: Picture, words: PlanTexts, text: MeasureText) -> look.Html:
    """Return the indicators of a measure with how many States stand where."""
    rows = []
    for code in text.indicators:
        table = views.latest(found, code)
        tally = table["status"].value_counts()
        counted = {str(status): int(n) for status, n in tally.items()}
        told = len(table) - counted.get("no_data", 0)
        rows.append(
            (
                look.anchor(
                    f"{code}  {words.indicator(code).name}",
                    widgets.address("indicator", indicator=code),
                ),
                look.strip(counted),
                look.coverage(told, len(table)),
            )
        )
    return look.table(
        _("Indicators of this measure"), [_("Indicator"), _("States"), _("Reporting")], rows
    )


def implementation(table: pd.DataFrame, code: str) -> look.Html:
    """Return in how many areas a measure stands where."""
    tally = table.loc[table["measure"] == code, "implementation"].map(str).value_counts()
    if tally.empty:
        return look.empty(_("No area has reported on this measure yet."))
    rows = [(word("implementation", str(state)), number(int(n))) for state, n in tally.items()]
    caption = _("Implementation, {n} areas reporting").format(n=number(int(tally.sum())))
    return look.table(caption, [_("State of the measure"), _("Areas")], rows, numeric={1})


def standing_in_the_way(found: Picture, table: pd.DataFrame, code: str) -> look.Html:
    """Return what the latest reports name as weakness, gap, challenge, blocker and next step."""
    own = table[table["measure"] == code].sort_values("as_at", ascending=False).head(6)
    if own.empty:
        return look.Html("")
    names = found.names
    columns = ("blocker", "weakness", "gap", "challenge", "next_step")
    rows = [
        (
            names.get(row["area"], row["area"]),
            date(row["as_at"]),
            word("implementation", str(row["implementation"])),
            *(row[name] or "–" for name in columns),
        )
        for row in own.to_dict("records")
    ]
    heads = [
        *(_("Area"), _("As at"), _("State")),
        *(_("Blocker"), _("Weakness"), _("Gap"), _("Challenge"), _("Next step")),
    ]
    return look.table(_("What stands in the way, latest reports"), heads, rows)


def events(words: PlanTexts) -> pd.DataFrame:
    """Return the dates of the plan as the time line takes them."""
    table = pd.DataFrame(
        {
            "day": pd.to_datetime([event.starts for event in words.events]),
            "until": pd.to_datetime([event.ends or event.starts for event in words.events]),
            "label": [event.title for event in words.events],
            "kind": [word("event", event.kind) for event in words.events],
            "source": [event.source for event in words.events],
        }
    )
    return table.astype({"label": "str", "kind": "str", "source": "str"})


def road(found: Picture, table: pd.DataFrame) -> go.Figure:
    """Draw the dates of the plan."""
    title = _("From the founding report to the next appraisal")
    return charts.timeline.draw(
        table, today=visit.now().date(), **widgets.drawn(found, title, source=found.plan.title)
    )


def related(words: PlanTexts) -> look.Html:
    """Return the plans of other organizations in the same field."""
    rows = [
        (entry["organization"], entry["title"], entry["status"], ", ".join(entry["objectives"]))
        for entry in words.related
    ]
    if not rows:
        return look.empty(_("No related plan is listed."))
    heads = [_("Organization"), _("Plan"), _("Status"), _("Objectives it touches")]
    return look.table(_("Related plans"), heads, rows)
