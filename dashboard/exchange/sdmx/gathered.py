"""Figures of others in SDMX or IATI, made into the sheet that the importer reads.

What a component means is told here once for every form: an area, an indicator, a period, a value, a
group of people. A component that is none of these and says more than "total" becomes a breakdown
that no plan knows, so that the importer refuses its rows with a sentence instead of taking a part
for the whole.
"""

import re
from array import array
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

import numpy as np

from dashboard.exchange import codelists
from dashboard.exchange.reading.sheets import Book, Column, Kind, Remark, Sheet, Unreadable
from dashboard.exchange.sdmx import model
from dashboard.i18n import _, number

MOST_ROWS: Final = 3_000_000
MOST_COLUMNS: Final = 200
Codes = np.ndarray[Any, np.dtype[np.int32]]
ROLES: Final[Mapping[str, tuple[str, ...]]] = {
    "indicator": ("SERIES", "INDICATOR", "INDICATOR_CODE", "INDICATOR_ID", "IND", "MEASURE"),
    "area": ("REF_AREA", "REFERENCE_AREA", "GEO", "COUNTRY", "AREA", "LOCATION", "ECONOMY"),
    "period": ("TIME_PERIOD", "TIME", "YEAR"),
    "value": ("OBS_VALUE", "VALUE"),
    "unit": ("UNIT_MEASURE", "UNIT"),
    "status": ("OBS_STATUS", "OBS_FLAG"),
    "nature": ("NATURE",),
    "source": ("SOURCE_DETAIL", "SOURCE", "DATA_SOURCE"),
    "note": ("COMMENT_OBS", "COMMENT"),
}
"""What the importer calls a column, and the components that are it, the likeliest first."""
PASSED_OVER: Final = frozenset(
    {
        *("FREQ", "TIME_DETAIL", "TIME_FORMAT", "DATA_LAST_UPDATE", "LAST_UPDATE", "DECIMALS"),
        *("TITLE", "TITLE_COMPL", "COLLECTION", "COMPILING_ORG", "COMMENT_TS", "COMMENT_DSET"),
        *("GEO_INFO_URL", "GEO_INFO_TYPE", "CUSTODIAN", "LOWER_BOUND", "UPPER_BOUND", "BASE_PER"),
        *("TIME_PER_COLLECT", "TIME_COVERAGE", "FOOT_NOTE", "FOOTNOTE", "REF_PERIOD_DETAIL"),
        *("ILLUSTRATIVE", "REPORTING_TYPE", "UNIT_MULT", "OBS_QUALIFIER", "DATA_PROVIDER"),
        *("STRUCTURE", "STRUCTURE_ID", "STRUCTURE_NAME", "DATAFLOW", "ACTION", "SERIES_KEY"),
        *("PREVIOUS_VALUE", "PRE_BREAK_VALUE", "EMBARGO_DATE", "EMBARGO_TIME", "SOURCE_NOTE"),
    }
)
"""Components that repeat others or describe; none of them makes a figure another figure."""
TOTALS: Final = frozenset({"", "_T", "_Z", "T", "TOTAL", "_ALL", "ALL"})
GAPS: Final = frozenset({"", "nan", "#n/a", "n/a", ":", "null", "none"})
NO_VALUE: Final = {
    **{code: code for code in ("L", "M", "Q")},
    **dict.fromkeys(("O", "H", "J", "S"), "L"),
}
"""Statuses of SDMX that say why there is no value, as the record says it."""
UNVALIDATED: Final = "V"
DELETES: Final = frozenset({"D", "DELETE"})
NUMBER: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?")
BOUNDS: Final = {their: our for our, their in model.QUALIFIERS.items() if our in {"<", ">"}}


class Gathering:
    """Observations as they are read one by one: each column by its distinct texts."""

    def __init__(self) -> None:
        self.known: dict[str, dict[str, int]] = {}
        self.codes: dict[str, array[int]] = {}
        self.rows = 0

    def add(self, found: Mapping[str, str]) -> None:
        """Add an observation: texts by the names of components."""
        if self.rows >= MOST_ROWS:
            raise too_large()
        for name, text in found.items():
            if name not in self.known:
                if len(self.known) >= MOST_COLUMNS:
                    raise too_large()
                self.known[name] = {"": 0}
                self.codes[name] = array("i", bytes(4 * self.rows))
            known = self.known[name]
            self.codes[name].append(known.setdefault(text, len(known)))
        self.rows += 1
        for codes in self.codes.values():
            if len(codes) < self.rows:
                codes.append(0)

    def columns(self) -> dict[str, Column]:
        """Return the columns by the names of components."""
        return {
            name: Column(
                list(known),
                [Kind.TEXT] * len(known),
                np.frombuffer(self.codes[name], dtype=np.int32)
                if self.rows
                else np.zeros(0, dtype=np.int32),
            )
            for name, known in self.known.items()
        }


def too_large() -> Unreadable:
    """Return the refusal of a message that holds too much."""
    return Unreadable(
        "size",
        _("The file holds more than {n} observations, or too many dimensions.").format(
            n=number(MOST_ROWS)
        ),
        _("Send it in parts."),
    )


def book(
    columns: Mapping[str, Column],
    height: int,
    form: str,
    *,
    flow: str = "",
    actions: Iterable[str] = (),
    row: int = 1,
    remarks: Sequence[Remark] = (),
) -> Book:
    """Return the observations as a sheet with a header, for the importer.

    `columns` holds components by their names, without a header; `row` is the number of the line in
    the file that stands before the first of them.
    """
    _refuse(flow, actions)
    if not height:
        raise Unreadable(
            "empty",
            _("The message holds no observations."),
            _("Ask for data, and not for a structure, and send what comes."),
        )
    maker = _Maker({name.upper(): column for name, column in columns.items()}, height)
    made = maker.made()
    sheet = Sheet("", [_headed(name, column) for name, column in made.items()], height + 1, row=row)
    return Book(form, [sheet], [*remarks, *maker.remarks])


def _refuse(flow: str, actions: Iterable[str]) -> None:
    if re.search(r"_(TGT|BAS)(\(|$)", flow):
        raise Unreadable(
            "form",
            _("The file holds targets or baselines, and no observations."),
            _("Send observations; targets are set by whoever runs the plan."),
        )
    if any(action.strip().upper() in DELETES for action in actions):
        raise Unreadable(
            "form",
            _("The file asks to delete observations, which an import never does."),
            _("Withdraw them one by one, with a reason; send the others without them."),
        )


def _headed(name: str, column: Column) -> Column:
    """Return a column with its name on top."""
    texts, kinds = [*column.texts, name], [*column.kinds, Kind.TEXT]
    codes = np.concatenate([[len(texts) - 1], column.codes]).astype(np.int32)
    return Column(texts, kinds, codes)


class _Maker:
    """Makes the columns of the importer from the components of a message."""

    def __init__(self, columns: Mapping[str, Column], height: int) -> None:
        self.columns, self.height = columns, height
        self.remarks: list[Remark] = []

    def made(self) -> dict[str, Column]:
        """Return the columns by the names that the importer knows."""
        found: dict[str, Column] = {}
        taken = set(PASSED_OVER)
        for role, names in ROLES.items():
            name = next((one for one in names if one in self.columns), None)
            if name is not None:
                found[role] = self.columns[name]
                taken.add(name)
        if "value" not in found:
            raise Unreadable(
                "form",
                _("The message has no observation value (OBS_VALUE)."),
                _("Several measures at once are not read: send one, as OBS_VALUE."),
            )
        if "period" in found:
            found["period"] = _mapped(found["period"], _period)
        if "nature" not in found and "REPORTING_TYPE" in self.columns:
            found["nature"] = _mapped(
                self.columns["REPORTING_TYPE"], lambda text: "G" if text == "G" else ""
            )
        found["value"] = self._values(found["value"])
        self._statuses(found)
        if "OBS_QUALIFIER" in self.columns:
            found["qualifier"] = _mapped(
                self.columns["OBS_QUALIFIER"], lambda text: BOUNDS.get(text, text)
            )
        if "source" in found and not any(found["source"].texts):
            del found["source"]
        found["cell"] = self._cells([name for name in self.columns if name not in taken])
        self._pretended()
        return found

    def _pretended(self) -> None:
        column = self.columns.get("ILLUSTRATIVE")
        if column is None:
            return
        marked = np.array([text.strip().lower() in {"true", "1"} for text in column.texts])
        n = int(marked[column.codes].sum()) if len(marked) else 0
        if n:
            self.remarks.append(
                Remark(
                    "illustrative",
                    _("{n} rows are marked as generated for demonstration.").format(n=number(n)),
                    _("Confirm that they are to be recorded here, or leave them out."),
                )
            )

    def _values(self, column: Column) -> Column:
        """Return values as exact numbers, times the multiplier of the message."""
        commas = any("," in text for text in column.texts)
        multiplier = self.columns.get("UNIT_MULT")
        if multiplier is None or all(text.strip() in {"", "0"} for text in multiplier.texts):
            return _numbers(column, is_text=commas)
        size = len(multiplier.texts)
        pairs, inverse = np.unique(
            column.codes.astype(np.int64) * size + multiplier.codes, return_inverse=True
        )
        texts = [
            _times(column.texts[pair // size], multiplier.texts[pair % size]) for pair in pairs
        ]
        plain = Column(texts, [Kind.TEXT] * len(texts), inverse.astype(np.int32))
        return _numbers(plain, is_text=commas)

    def _statuses(self, found: dict[str, Column]) -> None:
        """Turn statuses of SDMX into ours, and say why there is no value where there is none."""
        status = found.get("status")
        if status is None:
            return
        if any(text.strip().upper() == UNVALIDATED for text in status.texts):
            self.remarks.append(
                Remark(
                    "unvalidated",
                    _("Some observations are marked V, not validated: review will decide."),
                    _("Nothing is to be done."),
                    is_hint=True,
                )
            )
        found["status"] = _mapped(status, _status)
        gone = np.array([_status(text) in {"L", "M", "Q"} for text in status.texts], dtype=bool)
        here = gone[status.codes]
        if not here.any():
            return
        note = found.get("note") or _constant("", self.height)
        found["missing_reason"] = _chosen(
            here, note, status, lambda said, code: said.strip() or _reason(code)
        )
        found["note"] = _chosen(~here, note, status, lambda said, _code: said)

    def _cells(self, names: Sequence[str]) -> Column:
        """Return the disaggregation of each row in our words, or in those of the message."""
        known: dict[str, int] = {model.TOTAL: 0}
        codes: Codes = np.zeros(self.height, dtype=np.int32)
        for name in names:
            column = self.columns[name]
            told = [self._group(name, text.strip()) for text in column.texts]
            if not any(told):
                continue
            cells = list(known)
            pairs, inverse = np.unique(
                codes.astype(np.int64) * len(told) + column.codes, return_inverse=True
            )
            known = {}
            places = []
            for pair in pairs:
                base, part = cells[pair // len(told)], told[pair % len(told)]
                both = ";".join(one for one in (base if base != model.TOTAL else "", part) if one)
                places.append(known.setdefault(both or model.TOTAL, len(known)))
            codes = np.array(places, dtype=np.int32)[inverse]
        texts = list(known)
        return Column(texts, [Kind.TEXT] * len(texts), codes)

    def _group(self, name: str, text: str) -> str:
        """Return one dimension of a row as `dimension=group`; nothing where it is the total."""
        if text.upper() in TOTALS:
            return ""
        if name == "CONF_STATUS" and text.upper() == "F":
            return ""
        if name.startswith("BY "):  # a breakdown of IATI, by its own name
            return f"{_clean(name[3:].lower())}={_clean(text)}"
        parts = model.joined({name: text})
        return ";".join(f"{_clean(kind)}={_clean(code)}" for kind, code in parts)


def _clean(text: str) -> str:
    """Return a text without the signs by which cells are divided."""
    return re.sub(r"[;,=]+", " ", text).strip() or "?"


def _constant(text: str, height: int) -> Column:
    return Column([text], [Kind.TEXT], np.zeros(height, dtype=np.int32))


def _mapped(column: Column, read: Any) -> Column:
    return Column([read(text) for text in column.texts], column.kinds, column.codes)


def _chosen(here: "np.ndarray[Any, Any]", first: Column, second: Column, say: Any) -> Column:
    """Return what two columns say together in some rows, and nothing in the others."""
    size = len(second.texts)
    joint = np.where(here, first.codes.astype(np.int64) * size + second.codes, -1)
    pairs, inverse = np.unique(joint, return_inverse=True)
    texts = [
        "" if pair < 0 else say(first.texts[pair // size], second.texts[pair % size])
        for pair in pairs
    ]
    return Column(texts, [Kind.TEXT] * len(texts), inverse.astype(np.int32))


def _numbers(column: Column, *, is_text: bool) -> Column:
    """Say which texts are numbers as SDMX writes them: a point before decimals, nothing else."""
    texts, kinds = [], []
    for text in column.texts:
        clean = text.strip()
        if clean.lower() in GAPS:
            texts.append("")
            kinds.append(Kind.TEXT)
        elif not is_text and NUMBER.fullmatch(clean):
            texts.append(_exact(Decimal(clean)))
            kinds.append(Kind.NUMBER)
        else:
            texts.append(text)
            kinds.append(Kind.TEXT)
    return Column(texts, kinds, column.codes)


def _exact(value: Decimal) -> str:
    return format(value, "f")


def _times(text: str, multiplier: str) -> str:
    """Return a value times ten to the power of its multiplier; doubtful ones stay doubtful."""
    clean, power = text.strip(), multiplier.strip()
    if power in {"", "0"} or clean.lower() in GAPS:
        return text
    if not NUMBER.fullmatch(clean) or not re.fullmatch(r"[+-]?\d{1,2}", power):
        return f"{text} ×10^{power}"
    return _exact(Decimal(clean).scaleb(int(power)))


def _period(text: str) -> str:
    """Return a period of SDMX as the record writes it; what it cannot keep stays as it is."""
    clean = text.strip()
    years = re.fullmatch(r"(\d{4})-01-01(?:T00:00:00)?/P(\d)Y", clean)
    if years:
        return years[1] if years[2] == "1" else f"{years[1]}/P{years[2]}Y"
    if re.fullmatch(r"\d{4}-T[1-3]", clean):  # a third of a year, and no quarter
        return f"{clean} (four months)"
    months = re.fullmatch(r"(\d{4})-M(\d\d)", clean)
    if months:
        return f"{months[1]}-{months[2]}"
    return re.sub(r"^(\d{4})-A1$", r"\1", clean)


def _status(text: str) -> str:
    code = text.strip().upper()
    return "A" if code == UNVALIDATED else NO_VALUE.get(code, text)


def _reason(code: str) -> str:
    return codelists.OBSERVATION_STATUS.get(_status(code), code)
