"""The words of the field as this dashboard uses them, each in plain words.

`dashboard/progress/METHOD.md` is exact; this page is for whoever meets a word for the first time.
"""

from dataclasses import dataclass
from typing import Final

from dashboard.progress.words import LABELS, N_


@dataclass(frozen=True)
class Term:
    """A word and what it means; both in English, to be translated where they are shown."""

    code: str  # names it in addresses
    group: str
    word: str
    meaning: str


GROUPS: Final = {
    "plan": N_("The plan"),
    "figures": N_("Figures and where they come from"),
    "status": N_("Statuses: where a series stands"),
    "progress": N_("How progress is reckoned"),
    "groups": N_("From countries to regions and the world"),
    "record": N_("The record"),
}

_STATUSES: Final = {
    "target_met": N_("The latest value stands at the target or beyond it."),
    "on_track": N_("It moves fast enough to reach the target in time."),
    "moderate": N_("It moves the right way at 60 to 95 per cent of the pace needed."),
    "limited": N_("It moves the right way at less than 60 per cent of the pace needed."),
    "stagnant": N_("Nothing has changed since the baseline."),
    "deteriorating": N_("It moves away from the target."),
    "missed": N_("The target year has come and the target is not met."),
    "lost": N_("A target that was to be held was met at the start and is met no longer."),
    "in_progress": N_("A level between the start and the target."),
    "not_started": N_("Still at the starting level."),
    "not_met": N_("The answer to a yes-or-no question is no."),
    "regressed": N_("Below the level at the start."),
    "insufficient_data": N_("Something is reported, but too little for a verdict."),
    "no_data": N_("Nothing is reported that could be assessed. It is never counted as zero."),
    "not_applicable": N_("It does not apply here, or no target is set."),
    "context_only": N_(
        "More may be good news or bad: more victims identified may mean more crime or better "
        "detection. Such an indicator takes no colour and no rank."
    ),
}

_OTHERS: Final = (
    ("plan", "plan", N_("Plan of action"), N_("What States have agreed to do together.")),
    ("objective", "plan", N_("Objective"), N_("A part of the plan: what is to be reached.")),
    (
        "measure",
        "plan",
        N_("Operational measure"),
        N_("Something that somebody has to do so that an objective is reached."),
    ),
    (
        "indicator",
        "plan",
        N_("Indicator of achievement"),
        N_("What is counted or asked in order to know how far a measure has come."),
    ),
    (
        "structure",
        "plan",
        N_("Structure indicator"),
        N_("Asks what has been promised and laid down: treaties, laws, plans, bodies."),
    ),
    (
        "process",
        "plan",
        N_("Process indicator"),
        N_("Asks what is being done: training, funding, procedures, cases."),
    ),
    (
        "outcome",
        "plan",
        N_("Outcome indicator"),
        N_("Asks what has changed for people: who was protected, who was punished."),
    ),
    (
        "tier",
        "plan",
        N_("Core, standard, optional"),
        N_("Core indicators are asked of every State and make up the headline figures."),
    ),
    (
        "approach",
        "plan",
        N_("Punitive, restorative, preventive, enabling"),
        N_("Whether a measure punishes, makes good, prevents, or makes the others possible."),
    ),
    (
        "paragraph",
        "plan",
        N_("Paragraph"),
        N_(
            "Where a measure stands in the text that was adopted. A paragraph that has not been "
            "checked against the official text says so."
        ),
    ),
    (
        "instrument",
        "plan",
        N_("Instrument, article"),
        N_("A treaty or another text that a measure serves, and the place in it."),
    ),
    (
        "proposed",
        "plan",
        N_("Proposed, national, agreed target"),
        N_(
            "Who stands behind a target: the makers of this content propose it, a State has set it "
            "for itself, or States have agreed on it. An agreed target goes before a national "
            "and a national before a proposed one."
        ),
    ),
    (
        "milestone",
        "plan",
        N_("Milestone"),
        N_("What is to be reached by a year on the way to the target."),
    ),
    (
        "observation",
        "figures",
        N_("Observation"),
        N_("One value of one indicator in one area and period, with its source."),
    ),
    (
        "series",
        "figures",
        N_("Series"),
        N_("All observations of one indicator in one area, over the years."),
    ),
    (
        "area",
        "figures",
        N_("Reference area"),
        N_("What a value is about: a State, a territory, a region, a group or the world."),
    ),
    ("unit", "figures", N_("Unit of measure"), N_("What is counted: per cent, persons, States.")),
    (
        "disaggregation",
        "figures",
        N_("Disaggregation"),
        N_("A value split by sex, age, form of exploitation or another dimension."),
    ),
    (
        "observation-status",
        "figures",
        N_("Observation status"),
        N_(
            "What its source says of a value: reported, estimate, imputed, provisional, break in "
            "the series, definition differs, low reliability, suppressed; or why there is none: "
            "not available, not applicable."
        ),
    ),
    (
        "qualifier",
        "figures",
        N_("Less than, more than"),
        N_("A value known only as a limit, such as <5. It is never read as 0 or as 5."),
    ),
    (
        "break",
        "figures",
        N_("Break in the series"),
        N_("From here on something else was counted, so that earlier values do not compare."),
    ),
    (
        "suppressed",
        "figures",
        N_("Suppressed small count"),
        N_(
            "A count so small that somebody could be recognised is not shown, nor is anything that "
            "would give it away."
        ),
    ),
    (
        "stale",
        "figures",
        N_("Stale"),
        N_("A latest value more than five years old. Summaries count it as not reported."),
    ),
    (
        "illustrative",
        "figures",
        N_("Illustrative data"),
        N_("Generated to show what the dashboard does. No State reported them."),
    ),
    (
        "baseline",
        "progress",
        N_("Baseline"),
        N_("The value from which progress is counted, with its year."),
    ),
    ("target", "progress", N_("Target"), N_("The value to be reached, with its year.")),
    (
        "share",
        "progress",
        N_("Share of the road"),
        N_("How much of the way from baseline to target is behind: 0 at the start, 1 there."),
    ),
    (
        "pace",
        "progress",
        N_("Pace"),
        N_("The speed so far over the speed that would arrive in time: 1 arrives in time."),
    ),
    (
        "outlook",
        "progress",
        N_("Outlook"),
        N_(
            "Where a series is heading if it goes on as before, with a band that holds about four "
            "outcomes in five. It is not the status."
        ),
    ),
    (
        "robustness",
        "progress",
        N_("Robustness"),
        N_("Whether other methods and a year more or less would give the same verdict."),
    ),
    (
        "confidence",
        "progress",
        N_("Confidence"),
        N_(
            "The weakest of age, number of points, source and coverage. Low confidence is drawn "
            "hatched and stays out of the headline figures."
        ),
    ),
    (
        "direction",
        "progress",
        N_("Direction"),
        N_("Whether more is better, less is better, or neither can be said."),
    ),
    (
        "method",
        "progress",
        N_("Method"),
        N_("The rule by which a status is given. The default can be changed; the facts stay."),
    ),
    (
        "coverage",
        "groups",
        N_("Coverage, n of N"),
        N_(
            "How many report (n) of how many should (N). No figure of a region or of the world is "
            "shown without it, and those that are missing are named."
        ),
    ),
    (
        "aggregation",
        "groups",
        N_("Aggregation rule"),
        N_(
            "How the values of States become one of a region: sum, mean, median, weighted mean, "
            "ratio of sums or share that meets a condition. Each indicator declares its own."
        ),
    ),
    (
        "bounds",
        "groups",
        N_("Bounds"),
        N_("What an aggregate could be, at the least and at the most, had everybody reported."),
    ),
    (
        "matched-panel",
        "groups",
        N_("Matched panel"),
        N_("The same States in both years. Otherwise a change may only mean that others reported."),
    ),
    (
        "median",
        "groups",
        N_("Median"),
        N_("The value in the middle: as many States stand above it as below."),
    ),
    (
        "region",
        "groups",
        N_("Region, group"),
        N_("Regions are those of the United Nations (M49); groups are those States formed."),
    ),
    (
        "membership",
        "groups",
        N_("Membership"),
        N_("Who belongs to a group on the last day of a year."),
    ),
    (
        "record",
        "record",
        N_("The record"),
        N_("All that was reported, who accepted it and when. Nothing in it is overwritten."),
    ),
    (
        "accepted",
        "record",
        N_("Submitted, sent back, accepted"),
        N_("A figure counts once somebody else than its author has accepted it."),
    ),
    (
        "revision",
        "record",
        N_("Revision"),
        N_("A later value for the same period. The earlier one is kept and can be read."),
    ),
    (
        "as-of",
        "record",
        N_("As known on"),
        N_("What the record held at the end of a day; later reports are left out."),
    ),
    (
        "snapshot",
        "record",
        N_("Snapshot"),
        N_("A frozen copy of all that was known at a moment, with a digest that proves it."),
    ),
    (
        "digest",
        "record",
        N_("Digest"),
        N_("A number worked out from a file; if one sign in the file changes, so does it."),
    ),
)

TERMS: Final = (
    *(
        Term(code, group, word, meaning)
        for code, group, word, meaning in _OTHERS
        if group == "plan"
    ),
    *(
        Term(code, group, word, meaning)
        for code, group, word, meaning in _OTHERS
        if group == "figures"
    ),
    *(Term(code, "status", LABELS[code], meaning) for code, meaning in _STATUSES.items()),
    *(
        Term(code, group, word, meaning)
        for code, group, word, meaning in _OTHERS
        if group not in {"plan", "figures"}
    ),
)
"""Every term, in the order in which they are shown."""
