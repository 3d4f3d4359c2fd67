"""How many people live in an area in a year: of a table that is given, else of the record."""

import sqlalchemy as sa
from sqlmodel import Session

from dashboard.exchange import reading as files
from dashboard.exchange.reading.sheets import Unreadable
from dashboard.exchange.reading.vocabulary import normal
from dashboard.services.imports_names import Names
from models import BadInput, Weight, columns


def people(session: Session, names: Names, data: bytes) -> dict[tuple[int, int], float]:
    """Return the population of each area and year: of a file that was given, else the record's."""
    if data:
        return population(data, names)
    weights = columns(Weight)
    wanted = sa.select(weights.c.area_id, weights.c.year, weights.c.value)
    rows = session.connection().execute(wanted.where(weights.c.name == "population"))
    return {(row.area_id, row.year): 1000 * row.value for row in rows}


def population(data: bytes, names: Names) -> dict[tuple[int, int], float]:
    """Read a table of populations: area, year, and population or population_thousands."""
    try:
        book = files.read(data)
    except Unreadable as refusal:
        raise BadInput(str(refusal)) from refusal
    for sheet in book.sheets:
        header = [normal(column.text(0)) for column in sheet.columns if sheet.height]
        kinds = {"population": 1.0, "population thousands": 1000.0, "value": 1.0}
        place = next((header.index(word) for word in kinds if word in header), None)
        area = next(
            (header.index(w) for w in ("iso3", "area", "country", "m49") if w in header), None
        )
        year = next((header.index(w) for w in ("year", "period") if w in header), None)
        if place is None or area is None or year is None:
            continue
        times = kinds[header[place]]
        found = {}
        known = {text: names.area(text).id for text in sheet.columns[area].texts}
        for row in range(1, sheet.height):
            number = known[sheet.columns[area].text(row)]
            when, value = sheet.columns[year].text(row), sheet.columns[place].text(row)
            try:
                found[number, int(when)] = times * float(value)
            except ValueError:
                continue
        return found
    raise BadInput("The file of populations needs the columns area, year and population.")
