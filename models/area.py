"""Countries, regions and groups, and who belonged to which when."""

from datetime import date

import sqlalchemy as sa
from sqlmodel import Field

from models.base import Table, words
from models.vocabulary import AreaKind


class ReferenceArea(Table, table=True):
    """A State, a territory, a region of the M49 tree, a group of States, or the world.

    `id` is the M49 number where there is one (Afghanistan 4, Africa 2, the world 1) and a number
    from 9001 for groups. `code` is the ISO alpha-3 code of a State or territory (Namibia NAM, whose
    alpha-2 code is `NA`), `M49-002` for a region, the usual abbreviation for a group.
    """

    __tablename__ = "area"
    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    code: str = Field(unique=True)
    kind: AreaKind = Field(sa_type=words(AreaKind))
    name: str  # English short name now in use
    iso2: str = ""
    iso3: str = ""
    m49: str = ""  # three digits with leading zeros
    parent_id: int | None = Field(default=None, foreign_key="area.id")  # in the M49 tree
    region_id: int | None = None
    subregion_id: int | None = None
    latitude: float | None = None  # of the label
    longitude: float | None = None
    tile_column: int | None = None
    tile_row: int | None = None
    note: str = ""


class AreaName(Table, table=True):
    """The name of an area in one language, from a day on."""

    __tablename__ = "area_name"
    area_id: int = Field(primary_key=True, foreign_key="area.id")
    language: str = Field(primary_key=True)
    since: date = Field(default=date.min, primary_key=True)
    name: str
    formal: str = ""


class Membership(Table, table=True):
    """An area in a group, from a day to a day."""

    __table_args__ = (sa.Index(None, "area_id"),)
    group_id: int = Field(primary_key=True, foreign_key="area.id")
    area_id: int = Field(primary_key=True, foreign_key="area.id")
    since: date = Field(default=date.min, primary_key=True)
    until: date = Field(default=date.max)
    basis: str = ""


class Weight(Table, table=True):
    """A weight of an area in weighted means, such as its population, with year and source."""

    area_id: int = Field(primary_key=True, foreign_key="area.id")
    name: str = Field(primary_key=True)
    year: int = Field(primary_key=True)
    value: float
    source: str
