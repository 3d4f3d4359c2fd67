"""What a cell says as a number: the number itself, or in which way it can be read twice.

Nothing is guessed. `1.234` is a number only where the rest of its column, or the person who sends
it, says what the point means.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from dashboard.exchange.reading.cells import ERRORS
from dashboard.exchange.reading.sheets import Kind

SPACES: Final = re.compile(r"[\s\u00a0\u2000-\u200b\u202f\u205f\u3000\ufeff\u200e\u200f\u061c]+")
SIGNS: Final = str.maketrans(
    {
        **dict.fromkeys("\u2212\u2013\u2014\u2010\u2011\ufe63\uff0d", "-"),
        **dict.fromkeys("\u066b", "."),
        **dict.fromkeys("\u066c\u2019\u02bc\u00b4`", "'"),
        **dict.fromkeys("\uff0c\u060c", ","),
        **dict.fromkeys("\uff0e", "."),
        **dict.fromkeys("\u066a\uff05", "%"),
        **dict.fromkeys("\uff1c\u2039", "<"),
        **dict.fromkeys("\uff1e\u203a", ">"),
    }
)
NOTES: Final = re.compile(
    r"(\s*(\*+|[†‡§¶#]+|[\u00b9\u00b2\u00b3\u2070-\u2079\u1d43-\u1d47]+|"
    r"\(([a-z]|\d{1,2}|[ivx]{1,4})\)|\[([a-z]|\d{1,2}|[ivx]{1,4})\]|(?<=[0-9 ])\s*[a-jln-z]))+$"
)
GONE: Final = frozenset(
    {
        *("n/a", "na", "n.a.", "n.a", "#n/a", "nd", "n.d.", "n/d", "nv", "..", "...", "…", "x"),
        *("null", "nan", "missing", "not available", "not applicable", "no data", "unknown", "?"),
        *("s.d.", "s/d", "sin datos", "no disponible", "non disponible", "n.c.", "nc", "n/r"),
        *(
            "not reported",
            "not collected",
            "нет данных",
            "н/д",
            "н.д.",
            "无数据",
            "不适用",
            "غير متوفر",
        ),
        *("لا يوجد", "tbd", "tbc", "pending", "c", "m", "(x)", "non applicable", "no aplica"),
    }
)
"""Words that say: there is no value."""
LONGEST: Final = 200
"""Signs of a text that may still be a number."""
NIL: Final = frozenset(
    {"-", "--", "---", "nil", "none", "nihil", "néant", "ninguno", "нет", "无", "(-)"}
)
"""Words that mean nought to some and no data to others."""
MONTHS: Final = re.compile(
    r"\d{1,2}[-/. ](jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*([-/. ]\d{2,4})?"
    r"|(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[-/. ]\d{2,4}",
)
DATE: Final = re.compile(
    r"\d{4}-\d{1,2}-\d{1,2}.*|\d{1,2}[/.]\d{1,2}[/.]\d{2,4}|\d{1,2}-\d{1,2}-\d{4}"
)
RANGE: Final = re.compile(r"[0-9][0-9.,' ]*\s*(-|to|à|a|bis|до|至|~|/)\s*[0-9][0-9.,' ]*")
PLAIN: Final = re.compile(r"[-+]?[0-9]+(\.[0-9]+)?")
SCIENTIFIC: Final = re.compile(r"[-+]?[0-9]+([.,][0-9]+)?e[-+]?[0-9]{1,3}")
GROUPED: Final = {
    sign: re.compile(
        rf"[-+]?[0-9]{{1,3}}({re.escape(sign)}[0-9]{{2,3}})*{re.escape(sign)}[0-9]{{3}}"
    )
    for sign in (",", ".", "'", " ")
}
DOUBTFUL: Final = re.compile(r"[-+]?[1-9][0-9]{0,2}[.,][0-9]{3}")
"""A point or comma before three digits: of thousands, or of decimals."""
TRUTH: Final = {
    **dict.fromkeys(("true", "yes", "oui", "sí", "si", "да", "是", "نعم", "y"), "1"),
    **dict.fromkeys(("false", "no", "non", "нет", "否", "لا", "n"), "0"),
}
UNITS: Final = re.compile(r"([-+]?[0-9][0-9., ']*)\s*([^\W\d_]{2,}.*|[$€£¥].*|per\b.*)")


@dataclass(frozen=True)
class Number:
    """What a cell says: a decimal text or none, a bound, and the classes of its doubts."""

    value: str | None = None
    qualifier: str = ""
    is_percent: bool = False
    doubts: tuple[str, ...] = ()
    is_gone: bool = False  # it says that there is no value


def point(cells: Iterable[tuple[str, Kind]]) -> str:
    """Return the sign of decimals in a column: `.`, `,`, `?` where both are, or none unknown."""
    signs = set()
    for text, kind in cells:
        if kind is not Kind.TEXT:
            continue
        clean = plain(text).strip("<>=%~ ")
        marks = [sign for sign in clean if sign in ".,"]
        if not marks or not re.fullmatch(r"[-+]?[0-9][0-9., ']*", clean):
            continue
        if len(set(marks)) > 1:
            signs.add(marks[-1] if marks.count(marks[-1]) == 1 else marks[0])
        elif len(marks) == 1 and not DOUBTFUL.fullmatch(clean):
            signs.add(marks[0])
        elif len(marks) > 1:
            signs.add("," if marks[0] == "." else ".")
    return "?" if len(signs) > 1 else "".join(signs)


def read(text: str, kind: Kind = Kind.TEXT, *, point: str = "") -> Number:
    """Return what a cell says as a number; `point` is the sign of decimals where it is known."""
    if kind in {Kind.NUMBER, Kind.PERCENT}:
        return Number(_bare(text), is_percent=kind is Kind.PERCENT)
    if kind is not Kind.TEXT:
        named = {
            Kind.DATE: "date in value",
            Kind.TIME: "date in value",
            Kind.BOOLEAN: "truth value",
            Kind.ERROR: "spreadsheet error",
            Kind.UNCOUNTED: "formula",
        }
        return Number(TRUTH.get(text.lower()), doubts=(named[kind],))
    if len(text) > LONGEST:
        return Number(doubts=("text",))
    if (
        PLAIN.fullmatch(text)
        and not (point == "," and "." in text)
        and not DOUBTFUL.fullmatch(text)
    ):
        return Number(_bare(text))
    return _text(text, point)


def _bare(text: str) -> str:
    """Return a plain number without the zeros and signs before it that say nothing."""
    bare = re.sub(r"^([-+]?)0+(?=[0-9])", r"\1", text).lstrip("+")
    return bare.lstrip("-") if re.fullmatch(r"-0(\.0+)?", bare) else bare


def plain(text: str) -> str:
    """Return a text with plain digits, signs and spaces."""
    if not text.isascii():
        text = "".join(
            str(digit) if (digit := unicodedata.decimal(sign, None)) is not None else sign
            for sign in text.translate(SIGNS)
        )
    return SPACES.sub(" ", text).strip()


def _text(text: str, point: str) -> Number:
    clean = plain(text)
    doubts = ("space",) if text != text.rstrip() and text.strip() else ()
    word = clean.casefold()
    if not clean:
        return Number(is_gone=True, doubts=("empty",))
    if word in NIL or text.strip() in {"–", "—"}:
        return Number(doubts=("nil",))
    if word in GONE:
        return Number(is_gone=True, doubts=("no value",))
    refused = _refused(clean, word)
    if refused:
        return Number(TRUTH.get(word), doubts=(refused,))
    noted = NOTES.sub("", clean)
    if noted != clean and re.search("[0-9]", noted):
        clean, doubts = noted.strip(), (*doubts, "footnote")
    found = re.fullmatch(r"(<=|>=|=<|=>|≤|≥|<|>)?\s*(.*?)\s*(%)?", clean)
    sign, rest, per_cent = (
        (found[1] or "", found[2], bool(found[3])) if found else ("", clean, False)
    )
    if sign not in {"", "<", ">"}:
        return Number(doubts=("bound or equal",))
    value, more = _figure(rest, point)
    if value is None:
        return Number(doubts=(*doubts, *more), is_percent=per_cent)
    return Number(value, sign, per_cent, (*doubts, *more))


def _refused(clean: str, word: str) -> str:
    """Return why a text is no number at all; empty where it may be one."""
    if clean.startswith(("=", "@")) and not re.match(r"=[<>]", clean):
        return "formula"
    if ERRORS.fullmatch(clean):
        return "spreadsheet error"
    if MONTHS.fullmatch(word) or DATE.fullmatch(word):
        return "date in value"
    if RANGE.fullmatch(word):
        return "range"
    if re.match(
        r"(~|≈|±|ca\.?|c\.|circa|about|approx\w*\.?|env\.?|around|almost|nearly)\s*[0-9]", word
    ):
        return "approximate"
    if re.fullmatch(
        r"[0-9][0-9., ]*\+|(over|more than|at least|under|less than|up to|below|above)\b.*", word
    ):
        return "bound in words"
    if re.fullmatch(r"\([-+]?[0-9][0-9., ]*\)", clean):
        return "brackets"
    if word in TRUTH:
        return "truth value"
    return ""


def _figure(text: str, point: str) -> tuple[str | None, tuple[str, ...]]:
    """Return the decimal a text says and the classes of its doubts; none where it is none."""
    if not re.search("[0-9]", text):
        return None, ("text",)
    if re.fullmatch(SCIENTIFIC, text.lower()):
        value = Decimal(text.lower().replace(",", "."))
        return (
            (format(value, "f"), ("scientific",))
            if abs(value.adjusted()) < 30
            else (None, ("text",))
        )
    if not re.fullmatch(r"[-+]?\s?[0-9][0-9., ']*|[-+]?[.,][0-9]+", text):
        return None, ("unit in value",) if UNITS.fullmatch(text) else ("text",)
    text = text.replace("- ", "-").lstrip("+").strip()
    if text[0] in ".," or text[:2] in {"-.", "-,"}:
        text = text.replace(text.lstrip("-")[0], "0" + text.lstrip("-")[0], 1)
    marks = [sign for sign in text if not sign.isdigit() and sign != "-"]
    if not marks:
        return text, ()
    if len(marks) == 1 and marks[0] in ".,":
        return _once(text, marks[0], point)
    return _grouped(text, marks, point)


def _once(text: str, mark: str, point: str) -> tuple[str | None, tuple[str, ...]]:
    decimal = text.replace(",", ".").removesuffix(".")
    if not DOUBTFUL.fullmatch(text):
        if point not in {"", "?", mark}:
            return None, ("mixed separators",)
        if point == "?":
            return decimal, ("mixed separators",)
        return (decimal, ()) if mark == "." else (decimal, ("decimal comma",))
    if point == mark:
        return (decimal, ()) if mark == "." else (decimal, ("decimal comma",))
    if point in {"", "?"}:
        return None, ("ambiguous",)
    return text.replace(mark, ""), ("thousands",)


def _grouped(text: str, marks: list[str], point: str) -> tuple[str | None, tuple[str, ...]]:
    """Read a number whose digits are in groups: `1 234,5`, `1.234.567`, `12,34,567`."""
    group, last = marks[0], marks[-1]
    whole, decimals = text, ""
    if last != group and last in ".," and marks.count(last) == 1:
        whole, _mark, decimals = text.rpartition(last)
        if point not in {"", "?", last}:
            return None, ("mixed separators",)
    elif len(set(marks)) > 1:
        return None, ("text",)
    elif point == group and group in ".,":
        return None, ("mixed separators",)
    if not GROUPED[group].fullmatch(whole) or (decimals and not decimals.isdigit()):
        return None, ("text",)
    digits = whole.replace(group, "")
    return (f"{digits}.{decimals}" if decimals else digits), ("thousands",)
