"""Readings held against each other: rows of one key, and parts against their total."""

import re
from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from dashboard.services.imports_tools import KEY, Tools, joint, short
from models import Kind

SAID: Final = ("number", "sign", "state", "text")
"""What two rows of one key must say alike."""


class Twins(Tools):
    """The checks of rows against rows."""

    def _twins(self) -> None:
        """Find rows of one key: those that say the same count once, the others are all blocked."""
        keys = joint(
            [self.of(name) for name in KEY], [len(self.pools[name].values) for name in KEY]
        )
        counted = (~self.blocked | self.rateless) & ~self.left_out
        said = {name: self.of(name) for name in SAID}
        table = pd.DataFrame({"key": keys, **said})[counted]
        twins = table[table["key"].duplicated(keep=False)]
        if twins.empty:
            return
        first = twins.groupby("key", sort=False).head(1).set_index("key")
        origin = dict(
            zip(
                first.index,
                first.index.map(dict(zip(twins["key"][::-1], twins.index[::-1], strict=True))),
                strict=True,
            )
        )
        clash = twins.groupby("key")[list(SAID)].nunique(dropna=False).gt(1).any(axis=1)
        clashing = set(clash.index[clash])
        for at, key in zip(twins.index, twins["key"], strict=True):
            head = origin[key]
            if key in clashing:
                mate = self._mate(twins, key, at)
                self.mark("conflict", [at], {"other": self._place(mate, at)})
            elif at != head:
                self.mark("duplicate", [at], {"other": self._place(head, at)})
                self.left_out[at] = True

    def _place(self, one: int, beside: int) -> str:
        """Return the row of a reading, with its sheet where that is another."""
        sheets, row = self.of("sheet"), int(self.of("row")[one])
        sheet = "" if sheets[one] == sheets[beside] else self.readings.sheets[sheets[one]]
        return f"{row} ({sheet})" if sheet else str(row)

    def _mate(self, twins: pd.DataFrame, key: int, at: int) -> int:
        mates = self._mates(twins).get(key, [])
        return next((one for one in mates if one != at), at)

    def _mates(self, twins: pd.DataFrame) -> dict[int, list[int]]:
        if not hasattr(self, "_known_mates"):
            found: dict[int, list[int]] = {}
            for at, key in zip(twins.index, twins["key"], strict=True):
                if len(found.setdefault(key, [])) < 2:
                    found[key].append(at)
            self._known_mates = found
        return self._known_mates

    def _splits(self) -> None:
        """Hold the parts by one dimension against the total of the same file."""
        cells = self.pools["cell"].values
        for dimension, codes in self.names.codes.items():
            parts = [
                number
                for number, cell in enumerate(cells)
                if re.fullmatch(rf"{re.escape(dimension)}=\w+", str(cell))
            ]
            if parts:
                self._split(dimension, parts, len(codes))

    def _split(self, dimension: str, parts: Sequence[int], _groups: int) -> None:
        total = self.pools["cell"].code("_T")
        exact = (
            ~self.blocked & ~self.left_out & np.isfinite(self.of("value")) & (self.of("sign") == "")
        )
        cell = self.of("cell")
        used = exact & (np.isin(cell, parts) | (cell == total))
        names = ["area", "indicator", "period"]
        keys = joint(
            [self.of(name) for name in names], [len(self.pools[name].values) for name in names]
        )
        table = pd.DataFrame({"key": keys, "value": self.of("value"), "is_total": cell == total})[
            used
        ]
        totals = table[table["is_total"]].groupby("key")["value"].first()
        rest = table[~table["is_total"]]
        groups = (
            rest.groupby("key")["value"]
            .agg(["sum", "min", "max", "count"])
            .join(totals, how="inner")
        )
        if groups.empty:
            return
        heads = table[table["is_total"]].reset_index().groupby("key")["index"].first()
        kinds = self.of("indicator")[heads.loc[groups.index].to_numpy()]
        adds = np.array(
            [
                row is not None and row.kind in {Kind.COUNT, Kind.CURRENCY}
                for row in self.limits.rows
            ]
        )[kinds]
        over = adds & (groups["sum"] > groups["value"] * 1.0005).to_numpy()
        whole = (groups["count"] >= 2).to_numpy() & self.limits.is_share[kinds]
        slack = 0.05 + 0.001 * groups["value"].abs()
        outside = (
            whole
            & (
                (groups["value"] > groups["max"] + slack)
                | (groups["value"] < groups["min"] - slack)
            ).to_numpy()
        )
        for key in groups.index[over | outside]:
            told = groups.loc[key]
            text = (
                short(told["sum"])
                if over[groups.index.get_loc(key)]
                else f"{short(told['min'])}–{short(told['max'])}"
            )
            words = {"dimension": dimension, "text": text, "other": short(told["value"])}
            self.mark("split", [heads[key]], words)
