"""Who belongs to which group in which year, as one array.

A region of the M49 tree and the world hold the Member States only; a group holds whom it lists.
An area belongs to a group in a year if it does so on the last day of that year.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from dashboard import frames

Bools = npt.NDArray[np.bool_]

WORLD: Final = "WORLD"


@dataclass(frozen=True)
class Membership:
    """`members[group, area, year]` says who belongs; areas and years as in the cube."""

    groups: tuple[str, ...]
    members: Bools

    def of(self, group: str, place: int) -> Bools:
        """Return who belongs to the group in the year at this place."""
        line: Bools = self.members[self.groups.index(group), :, place]
        return line


def read(plan: frames.PlanFrames) -> Membership:
    """Return the membership of the world, every region, subregion and group of the plan."""
    table = plan.areas.set_index("area").reindex(pd.Index(plan.cube.areas))
    is_state = table["is_member"].eq(True).to_numpy(np.bool_)
    shape = (len(plan.cube.areas), len(plan.cube.years))
    kinds = dict(zip(plan.areas["area"], plan.areas["kind"], strict=True))
    worlds = [str(code) for code, kind in kinds.items() if kind == "world"] or [WORLD]
    names: dict[str, Bools] = dict.fromkeys(worlds, _always(is_state, shape))
    for code, grid in _dated(plan, shape).items():
        states_only = kinds.get(code) in {"world", "region", "subregion"}
        names[code] = grid & is_state[:, None] if states_only else grid
    for column in ("region", "subregion"):
        values = table[column].fillna("").to_numpy(object)
        for code in sorted(set(values) - {""}):
            names[str(code)] = _always(is_state & np.equal(values, code).astype(np.bool_), shape)
    return Membership(tuple(names), np.stack(list(names.values())))


def _always(areas: Bools, shape: tuple[int, int]) -> Bools:
    return np.broadcast_to(areas[:, None], shape)


def _dated(plan: frames.PlanFrames, shape: tuple[int, int]) -> dict[str, Bools]:
    rows = plan.memberships
    line = pd.Index(plan.cube.areas).get_indexer(pd.Index(rows["area"]))
    end = np.asarray(plan.cube.years, dtype=np.float64) + 1.0
    since, until = rows["since"].to_numpy(np.float64), rows["until"].to_numpy(np.float64)
    inside = (since[:, None] < end) & (until[:, None] >= end)
    groups: dict[str, Bools] = {}
    for code, places in rows.groupby("group", sort=True).indices.items():
        grid = np.zeros(shape, dtype=np.bool_)
        known = places[line[places] >= 0]
        np.logical_or.at(grid, line[known], inside[known])
        groups[str(code)] = grid
    return groups
