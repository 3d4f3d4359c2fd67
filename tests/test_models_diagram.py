"""The diagram of the tables in the README is the one the models give."""

from models import diagram
from tests import house


def test_the_readme_shows_the_tables_as_they_are_declared() -> None:
    readme = (house.ROOT / "README.md").read_text("utf-8")
    assert diagram.draw() in readme, "run: python -m models.diagram, and put it into the README"
