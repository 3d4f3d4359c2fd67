"""The server opens its port before it loads what only pages need."""

import subprocess
import sys
from pathlib import Path

from tests.browser import environment

LATER = ("pandas", "numpy", "pyarrow", "dashboard.charts", "dashboard.exchange", "seed")


def test_the_server_starts_without_what_only_pages_need(tmp_path: Path) -> None:
    asked = f"import sys, dashboard.asgi; print([m for m in {LATER} if m in sys.modules])"
    run = subprocess.run(
        [sys.executable, "-c", asked],
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.strip().splitlines()[-1] == "[]"
