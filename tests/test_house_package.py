"""An installed Headway is whole: everything the program reads at run time is in the wheel."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests import house

ROOMS = ("dashboard", "models", "pages", "seed")


@pytest.mark.slow
def test_the_wheel_has_every_file_of_every_room(tmp_path: Path) -> None:
    source = tmp_path / "source"
    for path in house.tracked():
        copy = source / path.relative_to(house.ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
    (source / "dashboard" / ".streamlit").symlink_to("../.streamlit")
    build = "import setuptools.build_meta as backend; backend.build_wheel('..')"
    subprocess.run([sys.executable, "-c", build], cwd=source, check=True, capture_output=True)

    (wheel,) = tmp_path.glob("headway-*.whl")
    packed = set(zipfile.ZipFile(wheel).namelist())
    tracked = {path.relative_to(house.ROOT).as_posix() for path in house.tracked()}
    rooms = {name for name in tracked if name.startswith(tuple(f"{room}/" for room in ROOMS))}
    assert rooms - packed == set()
    assert "dashboard/.streamlit/config.toml" in packed
    assert "headway/__init__.py" in packed  # the name under which the client is imported
    assert {"LICENSE", "NOTICE"} <= {Path(name).name for name in packed}
