"""The code lists that travel with every snapshot: what each code says, in plain English.

A snapshot is the same file for every reader, so these texts are never translated with the
interface. The codes are those of the record's own words; a test compares the two lists.
"""

from typing import Final

from dashboard import progress

CodeList = dict[str, str]

OBSERVATION_STATUS: Final[CodeList] = {
    "A": "Normal value",
    "B": "The series breaks here: definition, coverage or law changed",
    "D": "The definition differs from the indicator's",
    "E": "Estimated",
    "I": "Imputed",
    "P": "Provisional",
    "U": "Low reliability",
    "L": "No value: it exists but was not collected or not reported",
    "M": "No value: it cannot exist, the question does not apply",
    "Q": "No value: suppressed to protect persons",
}
QUALIFIER: Final[CodeList] = {
    "<": "The figure is an upper bound: the value lies below it",
    ">": "The figure is a lower bound: the value lies above it",
}
NATURE: Final[CodeList] = {
    "C": "Produced by the country",
    "CA": "Produced by the country, adjusted by an international organization",
    "E": "Estimated by an international organization",
    "M": "Modelled",
    "G": "Produced for global monitoring",
}
KIND: Final[CodeList] = {
    "percentage": "Share of a hundred",
    "rate": "Cases per so many of a population",
    "ratio": "One number by another",
    "count": "Number of cases, persons or acts",
    "currency": "Amount of money",
    "ordinal": "Level of an ordered scale: distances between levels have no meaning",
    "binary": "Yes (1) or no (0)",
    "text": "Words; never summed",
}
DIRECTION: Final[CodeList] = {
    "1": "A rise is better",
    "-1": "A fall is better",
    "0": "Neither: context only, no status",
}
INDICATOR_TYPE: Final[CodeList] = {
    "structure": "Laws, policies and bodies that are in place",
    "process": "What is done",
    "outcome": "What changes for people",
}
TIER: Final[CodeList] = {
    "core": "Asked of everyone",
    "standard": "Where data exist",
    "optional": "Where someone chooses it",
}
AGGREGATION: Final[CodeList] = {
    "share_meeting": "Share of the States that meet a condition",
    "median": "Median of the States",
    "mean": "Mean of the States, each counted once",
    "weighted_mean": "Mean of the States, weighted",
    "ratio_of_sums": "Sum of numerators by sum of denominators",
    "sum": "Sum of the States",
    "recompute": "Computed anew from the parts",
    "distribution": "How many States stand at which level",
    "direct": "Reported for the world or region itself",
}
BASELINE_RULE: Final[CodeList] = {
    "status_at_adoption": "State of affairs when the plan was adopted, or the first value after",
    "fixed_year": "Value of a fixed year, or the nearest at most one year away",
    "first_report": "First value reported",
    "latest_before_appraisal": "Latest value before the appraisal",
}
TARGET_STATUS: Final[CodeList] = {
    "proposed": "Proposed by this project; nobody has agreed to it",
    "national": "Set by the State itself",
    "agreed": "Stands in an agreed text",
}
OPERATOR: Final[CodeList] = {
    ">=": "At least",
    "<=": "At most",
    "=": "Equal",
    "between": "Between two values",
}
APPROACH: Final[CodeList] = {
    "punitive": "Punishes",
    "restorative": "Restores",
    "preventive": "Prevents",
    "enabling": "Enables the others",
}
ORIGIN: Final[CodeList] = {
    "gpa": "Stands in the Global Plan of Action",
    "plan": "Stands in the plan itself",
    "treaty": "Stands in a treaty",
    "seed": "Added by this project",
}
CONFIDENCE: Final[CodeList] = {
    "verified": "Checked against the text",
    "medium": "Probably right",
    "low": "Doubtful",
    "none": "Not known",
}
CONTENT_BASIS: Final[CodeList] = {
    "read": "Read in the text",
    "read_partial": "Read in part",
    "recall_high": "From memory, very likely right",
    "recall_medium": "From memory, likely right",
    "not_gpa": "Does not stand in the Global Plan of Action",
}
AREA_KIND: Final[CodeList] = {
    "world": "The world",
    "region": "Region of the M49 tree",
    "subregion": "Subregion of the M49 tree",
    "state": "Member State of the United Nations",
    "observer": "Observer State",
    "territory": "Territory or other area",
    "group": "Group of States",
}
IMPLEMENTATION: Final[CodeList] = {
    "not_started": "Not started",
    "planned": "Planned",
    "under_way": "Under way",
    "blocked": "Blocked",
    "completed": "Completed",
    "discontinued": "Discontinued",
    "not_applicable": "Not applicable",
}
ENDED: Final[CodeList] = {
    "superseded": "A later observation took its place",
    "withdrawn": "Withdrawn",
}

CODE_LISTS: Final[dict[str, CodeList]] = {
    "aggregation": AGGREGATION,
    "approach": APPROACH,
    "area_kind": AREA_KIND,
    "baseline_rule": BASELINE_RULE,
    "confidence": CONFIDENCE,
    "content_basis": CONTENT_BASIS,
    "direction": DIRECTION,
    "ended": ENDED,
    "implementation": IMPLEMENTATION,
    "indicator_type": INDICATOR_TYPE,
    "kind": KIND,
    "nature": NATURE,
    "observation_status": OBSERVATION_STATUS,
    "operator": OPERATOR,
    "origin": ORIGIN,
    "progress_flag": dict(progress.FLAGS),
    "progress_status": dict(progress.LABELS),
    "qualifier": QUALIFIER,
    "target_status": TARGET_STATUS,
    "tier": TIER,
}
"""Every code list by its name; the order of codes is the order in which they are shown."""
