"""The engine against vectors: its own, worked by hand, and the shared set where that is here."""

from pathlib import Path

import pytest

from dashboard.progress import conformance
from dashboard.progress.vectors import FILES

HERE = Path(__file__).parent
OWN = HERE / "vectors"
SHARED = HERE.parent.parent / "shared" / "conformance"


@pytest.mark.parametrize("name", sorted(FILES))
def test_every_vector_worked_by_hand_passes(name: str) -> None:
    verdict = conformance.check(OWN / name)
    assert verdict.failures == ()
    assert verdict.passed >= 4


@pytest.mark.parametrize("name", sorted(FILES))
def test_every_shared_vector_passes(name: str) -> None:
    if not (SHARED / name).is_file():
        pytest.skip("the shared conformance vectors are not here")
    assert conformance.check(SHARED / name).failures == ()


def test_a_wrong_figure_is_found_and_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = (OWN / "linear.csv").read_text(encoding="utf-8").splitlines()
    (tmp_path / "linear.csv").write_text(
        "\n".join([lines[0], lines[1].replace("on_track", "moderate"), lines[2]]), encoding="utf-8"
    )
    assert conformance.main([str(tmp_path)]) == 1
    assert "linear.csv: 1 passed, 1 failed" in capsys.readouterr().out
    assert conformance.main([str(OWN)]) == 0


def test_an_empty_folder_proves_nothing(tmp_path: Path) -> None:
    assert conformance.main([str(tmp_path)]) == 1
    assert conformance.main([]) == 2
