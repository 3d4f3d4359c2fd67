"""Measures the program beside a reference in the same run: `make bench`, or `make bench ONLY=...`.

Every module here with `run()` gives rows. Figures of one run may be compared with each other, not
with those of another machine or hour: the ratio is what counts.
"""

import importlib
import os
import pkgutil
import sys

from tests import bench
from tests.bench.report import table


def benches() -> list[str]:
    """Return the modules of this folder that measure something."""
    names = [found.name for found in pkgutil.iter_modules(bench.__path__)]
    return [name for name in names if not name.startswith("_")]


def main(wanted: list[str]) -> int:
    """Measure, print the table, and return how many goals were missed."""
    rows = []
    for name in wanted or benches():
        module = importlib.import_module(f"tests.bench.{name}")
        if hasattr(module, "run"):
            print(f"measuring {name} …", file=sys.stderr, flush=True)
            rows += module.run()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}\n")
    print(table(rows))
    missed = [row.what.strip() for row in rows if not row.is_reached]
    print(f"\n{len(missed)} goals missed" + (f": {'; '.join(missed)}" if missed else ""))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
