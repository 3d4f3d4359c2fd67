"""The words that people read for the record's own words, list by list."""

from dashboard.i18n import _

N_ = str
"""Marks a word for the catalogue of translations; it is translated where it is shown."""

WORDS = {
    "approach": {
        "punitive": N_("Punitive"),
        "restorative": N_("Restorative"),
        "preventive": N_("Preventive"),
        "enabling": N_("Enabling"),
    },
    "dimension": {
        "development": N_("Development"),
        "justice": N_("Justice"),
        "security": N_("Security"),
        "human_rights": N_("Human rights"),
    },
    "implementation": {
        "not_started": N_("Not started"),
        "planned": N_("Planned"),
        "under_way": N_("Under way"),
        "blocked": N_("Blocked"),
        "completed": N_("Completed"),
        "discontinued": N_("Discontinued"),
        "not_applicable": N_("Not applicable"),
    },
    "event": {
        "appraisal": N_("Appraisal"),
        "meeting": N_("Meeting"),
        "adoption": N_("Adoption"),
        "other": N_("Other"),
    },
    "kind": {
        "percentage": N_("Percentage"),
        "rate": N_("Rate"),
        "ratio": N_("Ratio"),
        "count": N_("Count"),
        "currency": N_("Currency"),
        "ordinal": N_("Levels"),
        "binary": N_("Yes or no"),
        "text": N_("Words"),
    },
    "type": {
        "structure": N_("Structure"),
        "process": N_("Process"),
        "outcome": N_("Outcome"),
    },
    "tier": {"core": N_("Core"), "standard": N_("Standard"), "optional": N_("Optional")},
    "direction": {
        "up": N_("Higher is better"),
        "down": N_("Lower is better"),
        "none": N_("Context only: neither higher nor lower is better"),
    },
    "level": {
        "national": N_("National"),
        "regional": N_("Regional"),
        "global": N_("Global"),
    },
    "entry_mode": {
        "central_import": N_("Loaded centrally from its source"),
        "coordinator": N_("Entered by coordinators"),
        "computed": N_("Computed here"),
    },
    "frequency": {
        "continuous": N_("Continuously"),
        "annual": N_("Every year"),
        "every_2_years": N_("Every two years"),
        "every_4_years": N_("Every four years"),
    },
    "aggregation": {
        "share_meeting": N_("Share of reporting States that meet the condition"),
        "median": N_("Median of reporting States"),
        "mean": N_("Mean of reporting States"),
        "weighted_mean": N_("Weighted mean of reporting States"),
        "ratio_of_sums": N_("Sum of numerators over sum of denominators"),
        "sum": N_("Sum over reporting States"),
        "recompute": N_("Recomputed from pooled components"),
        "distribution": N_("Distribution"),
        "direct": N_("Entered at that level"),
    },
    "target_status": {
        "proposed": N_("proposed"),
        "national": N_("national"),
        "agreed": N_("agreed"),
    },
    "relation": {
        "equal": N_("Both ask for the same"),
        "subset": N_("The measure is a part of what the text asks for"),
        "superset": N_("The measure asks for more than the text"),
        "intersects": N_("Measure and text overlap in part"),
        "related": N_("Related; how closely is not said"),
    },
    "nature": {
        "C": N_("Reported by the country"),
        "CA": N_("Reported by the country, adjusted"),
        "E": N_("Estimated"),
        "M": N_("Modelled"),
        "G": N_("From global monitoring"),
    },
    "observation_status": {
        "A": N_("Reported"),
        "B": N_("Break in the series"),
        "D": N_("Definition differs"),
        "E": N_("Estimate"),
        "I": N_("Imputed"),
        "P": N_("Provisional"),
        "U": N_("Low reliability"),
        "L": N_("Not available"),
        "M": N_("Not applicable"),
        "Q": N_("Suppressed"),
    },
    "qualifier": {
        "": N_("Exactly"),
        "<": N_("Less than"),
        ">": N_("More than"),
    },
    "state": {
        "draft": N_("Draft"),
        "submitted": N_("Waiting for review"),
        "endorsed": N_("Endorsed, waits for the second review"),
        "returned": N_("Sent back"),
        "accepted": N_("Accepted"),
        "superseded": N_("Superseded"),
        "withdrawn": N_("Withdrawn"),
    },
    "risk": {
        "tenfold": N_("Ten times the period before, or a tenth"),
        "outlier": N_("Unusual change for this series"),
        "large_change": N_("Large change"),
        "replaces": N_("Replaces a figure that counts"),
        "now_missing": N_("Had a value before"),
        "first_report": N_("First report"),
        "no_evidence": N_("No evidence"),
    },
    "voice": {
        "state": N_("The State"),
        "evaluator": N_("Evaluator"),
        "civil_society": N_("Civil society"),
    },
    "role": {
        "viewer": N_("Viewer"),
        "coordinator": N_("Coordinator"),
        "focal_point": N_("National focal point"),
        "reviewer": N_("Reviewer"),
        "evaluator": N_("Evaluator"),
        "secretariat": N_("Secretariat"),
        "civil_society": N_("Civil society"),
        "administrator": N_("Administrator"),
    },
    "content_basis": {
        "read": N_("Read"),
        "read_partial": N_("Read in part"),
        "recall_high": N_("Recalled, sure"),
        "recall_medium": N_("Recalled, less sure"),
        "not_gpa": N_("Not claimed to be in the plan"),
    },
    "para_confidence": {
        "verified": N_("Paragraph verified"),
        "medium": N_("Paragraph recalled"),
        "low": N_("Paragraph not known"),
        "none": N_("No paragraph claimed"),
    },
    "baseline": {
        "status_at_adoption": N_("Status on the day of adoption"),
        "fixed_year": N_("Value of the year given, else the nearest within two years"),
        "first_report": N_("First accepted value"),
        "latest_before_appraisal": N_("Last value before the appraisal year given"),
    },
}


def word(list_: str, code: str) -> str:
    """Return the word that people read for one of the record's words."""
    found = WORDS[list_].get(str(code))
    return _(found) if found else str(code)
