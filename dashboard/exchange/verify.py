"""Check a snapshot: all that the script inside it checks, and its statuses computed again."""

import json
from typing import Final

from dashboard.exchange import datapackage, recompute, schema, standalone
from dashboard.exchange.codelists import CODE_LISTS
from dashboard.exchange.standalone import Problem, Report

SHOWN: Final = 20

__all__ = ["Problem", "Report", "verify"]


def verify(data: bytes) -> Report:
    """Check a snapshot and return what was found; a bad file raises nothing.

    `Report.line` is one line that can be quoted, `Report.code` the exit code: 0 sound, 1 altered
    or contradicting itself, 2 no snapshot.
    """
    report = standalone.examine(data)
    if report.is_sound:
        members = standalone.unpack(data, standalone.Report())
        _check_descriptor(members[standalone.DESCRIPTOR], report)
    if report.is_sound:
        _check_statuses(data, report)
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


def _check_statuses(data: bytes, report: Report) -> None:
    snapshot = datapackage.read(data)
    try:
        wrong = recompute.differences(snapshot)
    except (ValueError, KeyError) as error:
        report.add("statuses", "data/statuses.csv", f"cannot be computed again ({error})")
        return
    for sentence in wrong[:SHOWN]:
        report.add("statuses", "data/statuses.csv", sentence)
    if len(wrong) > SHOWN:
        more = f"and {len(wrong) - SHOWN} more differ"
        report.add("statuses", "data/statuses.csv", more)
