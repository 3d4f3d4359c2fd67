"""Draw the record as a Mermaid diagram: `python -m models.diagram`. The README holds the same."""

from collections.abc import Iterator

import sqlalchemy as sa

from models import Table


def draw() -> str:
    """Return the tables and what refers to what, from the declared models alone."""
    tables = Table.metadata.sorted_tables
    return "\n".join(["erDiagram", *(f"  {line}" for table in tables for line in _lines(table))])


def _lines(table: sa.Table) -> Iterator[str]:
    """Return a line for each table a table refers to; its name alone where it refers to none."""
    targets = sorted({key.column.table.name for key in table.foreign_keys})
    if not targets:
        yield table.name
    for target in targets:
        yield f"{target} ||--o{{ {table.name} : has"


if __name__ == "__main__":
    print(draw())
