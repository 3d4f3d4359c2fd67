"""Check a snapshot: all that the script inside it checks, and its sums done again."""

import json
from typing import Final

from dashboard.exchange import datapackage, recompute, schema, standalone
from dashboard.exchange.codelists import CODE_LISTS
from dashboard.exchange.standalone import Problem, Report

SHOWN: Final = 20
CHECKS: Final = {
    "statuses": recompute.wrong_statuses,
    "aggregates": recompute.wrong_aggregates,
}
"""What is computed again from the snapshot's own data."""

__all__ = ["Problem", "Report", "verify"]


def verify(data: bytes, key: str = "") -> Report:
    """Check a snapshot and return what was found; a bad file raises nothing.

    `Report.line` is one line that can be quoted, `Report.code` the exit code: 0 sound, 1 altered
    or contradicting itself, 2 no snapshot. `key` is the minisign key that must have signed it.
    """
    report = standalone.examine(data, key)
    if report.is_sound:
        members = standalone.unpack(data, standalone.Report())
        _check_descriptor(members[standalone.DESCRIPTOR], report)
    if report.is_sound:
        _check_sums(data, report)
    return report


def _check_descriptor(described: bytes, report: Report) -> None:
    """Hold the columns and rules that the file describes against those of the format."""
    found = {one["name"]: one["schema"] for one in json.loads(described)["resources"]}
    codes = schema.Resource("", "", datapackage.CODES, ("code",))
    wanted = {one.name: schema.descriptor(one) for one in schema.RESOURCES.values()}
    wanted |= {f"codelist_{name}": schema.descriptor(codes) for name in CODE_LISTS}
    for name in sorted(set(found) | set(wanted)):
        if found.get(name) != wanted.get(name):
            report.add("schema", name, "is not described as this format describes it")


def _check_sums(data: bytes, report: Report) -> None:
    snapshot = datapackage.read(data)
    for name, check in CHECKS.items():
        where = f"data/{name}.csv"
        try:
            wrong = check(snapshot)
        except (ValueError, KeyError) as error:
            report.add(name, where, f"cannot be computed again ({error})")
            continue
        for sentence in wrong[:SHOWN]:
            report.add(name, where, sentence)
        if len(wrong) > SHOWN:
            report.add(name, where, f"and {len(wrong) - SHOWN} more differ")
