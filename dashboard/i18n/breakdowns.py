"""Disaggregations in words: `sex=female;age=child_0_17` as people read it."""

from typing import Final

from dashboard.i18n import _

N_ = str
"""Marks a word for the catalogue of translations; it is translated where it is shown."""

TOTAL: Final = "_T"
DIMENSIONS: Final = {
    "actor_type": N_("By kind of actor"),
    "age": N_("By age"),
    "citizenship": N_("By citizenship"),
    "disability": N_("By disability"),
    "flow": N_("By flow"),
    "form": N_("By form of exploitation"),
    "instrument": N_("By instrument"),
    "legal_status": N_("By stage of the claim"),
    "migration_status": N_("By migration status"),
    "offender_sex": N_("By sex of the offender"),
    "profession": N_("By profession"),
    "sector": N_("By sector"),
    "sex": N_("By sex"),
}
CODES: Final = {
    "academia": N_("Academia"),
    "adult_18_plus": N_("Adults, 18 and over"),
    "agriculture": N_("Agriculture"),
    "asylum_or_refugee": N_("Asylum seekers or refugees"),
    "awarded_or_decided": N_("Awarded or decided"),
    "border_or_immigration": N_("Border or immigration officials"),
    "child_0_17": N_("Children, 0 to 17"),
    "civil_society": N_("Civil society"),
    "claimed_or_opened": N_("Claimed or opened"),
    "construction": N_("Construction"),
    "consular": N_("Consular staff"),
    "domestic": N_("Domestic"),
    "domestic_servitude": N_("Domestic servitude"),
    "domestic_work": N_("Domestic work"),
    "education": N_("Education"),
    "female": N_("Female"),
    "fishing": N_("Fishing"),
    "forced_begging": N_("Forced begging"),
    "forced_criminality": N_("Forced criminality"),
    "forced_labour": N_("Forced labour"),
    "forced_marriage": N_("Forced marriage"),
    "health": N_("Health"),
    "hospitality": N_("Hospitality"),
    "illegal_adoption": N_("Illegal adoption"),
    "international_organization": N_("International organizations"),
    "irregular": N_("Irregular status"),
    "judge": N_("Judges"),
    "labour_inspector": N_("Labour inspectors"),
    "male": N_("Male"),
    "manufacturing": N_("Manufacturing"),
    "multiple": N_("Several forms"),
    "national": N_("Nationals"),
    "non_national": N_("Non-nationals"),
    "not_applicable": N_("Not applicable"),
    "not_stated": N_("Not stated"),
    "other": N_("Other"),
    "other_or_not_stated": N_("Other or not stated"),
    "paid_or_final": N_("Paid or final"),
    "peacekeeping": N_("Peacekeeping personnel"),
    "police": N_("Police"),
    "private_sector": N_("Private sector"),
    "prosecutor": N_("Prosecutors"),
    "regional_organization": N_("Regional organizations"),
    "regular": N_("Regular status"),
    "removal_of_organs": N_("Removal of organs"),
    "same_region": N_("Within the region"),
    "same_subregion": N_("Within the subregion"),
    "sexual_exploitation": N_("Sexual exploitation"),
    "slavery_or_similar": N_("Slavery or similar practices"),
    "social_or_child_protection": N_("Social or child protection"),
    "state": N_("States"),
    "stateless": N_("Stateless"),
    "survivor_group": N_("Groups of survivors"),
    "transregional": N_("Between regions"),
    "unknown": N_("Unknown"),
    "use_by_armed_groups": N_("Use by armed groups"),
    "with_disability": N_("With a disability"),
    "without_disability": N_("Without a disability"),
}
"""The codes of the dimensions; one that is not here is shown as it is written."""


def dimension(code: str) -> str:
    """Return a way of breaking down in words."""
    return _(DIMENSIONS[code]) if code in DIMENSIONS else code.replace("_", " ")


def spelled(cell: str) -> str:
    """Return a cell in words; the one that is not broken down is everybody."""
    if cell == TOTAL:
        return _("Everybody")
    return "; ".join(_one(part.partition("=")[2]) for part in cell.split(";"))


def split(cell: str) -> str:
    """Return by what a cell is broken down, as dimension codes divided by a comma."""
    return ",".join(sorted(part.partition("=")[0] for part in cell.split(";")))


def said(dimensions: str) -> str:
    """Return by what cells are broken down, in words."""
    return "; ".join(dimension(code) for code in dimensions.split(","))


def _one(code: str) -> str:
    return _(CODES[code]) if code in CODES else code.replace("_", " ")
