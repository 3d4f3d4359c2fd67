"""The public page tells every status, method, preset, flag and rule."""

from pathlib import Path

import pytest

from dashboard import progress
from dashboard.progress import aggregation, rules

PAGE = (Path(progress.__file__).parent / "METHOD.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "word",
    [
        *progress.STATUSES,
        *progress.METHODS,
        *progress.FLAGS,
        *aggregation.RULES,
        *rules.BASELINE_RULES,
        *(preset.name for preset in progress.PRESETS if preset.name != "v1"),
    ],
)
def test_the_page_tells_every_word(word: str) -> None:
    assert f"`{word}`" in PAGE


def test_every_status_has_a_label() -> None:
    assert set(progress.LABELS) == set(progress.STATUSES)
