"""What the page of the plan shows: every objective and measure, in words and by how far it is."""

from typing import Final

import pandas as pd
import plotly.graph_objects as go

from dashboard import charts
from dashboard.i18n import _, date, number
from dashboard.i18n.labels import word
from dashboard.services import measures, views
from dashboard.services.texts import MeasureText, ObjectiveText, PlanTexts
from dashboard.services.views import Picture
from dashboard.ui import look, measure, overview, visit, ways, widgets

EVERY: Final = ""
"""What stands for no objective: the whole plan."""


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
    """Let the visitor choose an objective, or none for the whole plan."""
    titles = {entry.code: f"{entry.code}  {entry.title}" for entry in words.objectives}
    picked = widgets.choose(
        _("Objective"),
        list(titles),
        name="objective",
        show=titles.__getitem__,
        index=None,
        placeholder=_("The whole plan"),
    )
    return picked or EVERY


def objective(text: ObjectiveText) -> look.Html:
    """Return an objective in words, with its paragraphs and how sure they are."""
    where = [
        _("Section {section}").format(section=text.section) if text.section else "",
        measure.place(text.paras),
        measure.confidence(text.para_confidence),
        _("added by this project") if text.origin == "seed" else "",
    ]
    return look.quote(text.description, ", ".join(part for part in where if part))


def outline(
    found: Picture, words: PlanTexts, series: pd.DataFrame, execution: pd.DataFrame
) -> look.Html:
    """Return the objectives as a table: how many measures, how their series stand, who reports."""
    rows = []
    for entry in words.objectives:
        own = measures_of(words, entry.code)
        codes = [text.code for text in own]
        rows.append(
            (
                look.anchor(
                    f"{entry.code}  {entry.title}", ways.address("plan", objective=entry.code)
                ),
                entry.paras or "–",
                number(len(own)),
                *_stand(series[series["objective"] == entry.code]),
                *_done(execution[execution["measure"].isin(codes)]),
            )
        )
    heads = [
        *(_("Objective"), _("Paragraphs"), _("Measures"), _("Series in the States")),
        *(_("Reported"), _("Execution of its measures"), _("Blocked")),
    ]
    return look.table(_("The plan by objective"), heads, rows, numeric={2, 6})


def measures_of(words: PlanTexts, objective_code: str) -> list[MeasureText]:
    """Return the measures of an objective."""
    return [entry for entry in words.measures if entry.objective == objective_code]


def listed(
    words: PlanTexts, chosen: str, series: pd.DataFrame, execution: pd.DataFrame
) -> look.Html:
    """Return the measures of an objective as a table, each a link."""
    rows = [
        (
            look.anchor(f"{text.code}  {text.title}", ways.address("measure", measure=text.code)),
            text.paras or "–",
            number(len(text.indicators)),
            *_stand(series[series["measure"] == text.code]),
            *_done(execution[execution["measure"] == text.code]),
        )
        for text in measures_of(words, chosen)
    ]
    heads = [
        *(_("Measure"), _("Paragraphs"), _("Indicators"), _("Series in the States")),
        *(_("Reported"), _("Execution"), _("Blocked")),
    ]
    return look.table(_("Measures of this objective"), heads, rows, numeric={2, 6})


def _stand(counts: pd.DataFrame) -> tuple[str, str]:
    """Return the statuses of some series as a strip, and how many of them are reported."""
    if counts.empty:
        return ("–", _("not asked of States"))
    tally = counts.groupby("status")["count"].sum()
    total = int(tally.sum())
    told = total - int(tally.get("no_data", 0))
    return (look.strip({str(name): int(n) for name, n in tally.items()}),
            look.coverage(told, total))  # fmt: skip


def _done(counts: pd.DataFrame) -> tuple[str, str]:
    """Return how far measures are carried out as a strip, and how often one is blocked."""
    tally = counts.groupby("implementation")["n"].sum()
    blocked = int(tally.get(str(measure.BLOCKED), 0))
    shown = {str(name): int(n) for name, n in tally.items()}
    return look.strip(shown), number(blocked)


def series(found: Picture, by: str) -> pd.DataFrame:
    """Return how many series of each status there are, by objective or measure."""
    return views.statuses(found, by, tier="")


def execution(found: Picture, newest: pd.DataFrame) -> pd.DataFrame:
    """Return in how many States each measure stands where."""
    return measures.execution(found, newest)


def how_outline(found: Picture) -> str:
    """Return what the strips count."""
    return _(
        "Left strip: every series of the indicators in {n} Member States by status. Right strip: "
        "execution as the States last reported it. Hatched is not reported. An indicator may "
        "serve several measures."
    ).format(n=number(int(found.plan.areas["is_member"].sum())))


def branches(words: PlanTexts, by_measure: pd.DataFrame, execution: pd.DataFrame) -> look.Html:
    """Return the whole plan as a tree: each objective opens to its measures, each a link."""
    return look.join(
        [
            look.fold(
                f"{entry.code}  {entry.title}",
                listed(words, entry.code, by_measure, execution),
            )
            for entry in words.objectives
        ],
        "",
    )


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
    look_ = widgets.drawn(
        found, overview.sentence(table), coverage=widgets.reported(table), note=note()
    )
    return charts.status_bar.draw(table, **look_)


def events(words: PlanTexts) -> pd.DataFrame:
    """Return the dates of the plan as the time line takes them."""
    table = pd.DataFrame(
        {
            "day": pd.to_datetime([event.starts for event in words.events]),
            "said": [
                str(event.starts.year) if measure.is_year(event.starts, event.ends) else ""
                for event in words.events
            ],
            "until": pd.to_datetime([event.ends or event.starts for event in words.events]),
            "label": [event.title for event in words.events],
            "kind": [word("event", event.kind) for event in words.events],
            "source": [event.source for event in words.events],
        }
    )
    return table.astype(dict.fromkeys(("said", "label", "kind", "source"), "str"))


def road(found: Picture, table: pd.DataFrame) -> go.Figure:
    """Draw the dates of the plan."""
    title = _("From the founding report to the next appraisal")
    return charts.timeline.draw(
        table,
        today=visit.now().date(),
        **widgets.drawn(
            found,
            title,
            coverage=widgets.covered(len(table), len(table), _("dates of the plan")),
            note=_("Each date as its source gives it; where only the year is known, the year."),
        ),
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


def crumb(words: PlanTexts) -> ways.Crumb:
    """Return the step of a way that leads to the whole plan."""
    return ways.Crumb(words.short_title, "plan")
