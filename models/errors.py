"""Everything this application raises on purpose. Anything else that is raised is our bug.

* HeadwayError
  + NotFound      nothing in the record has that code
  + NotAllowed    the person's role or areas do not cover this
  + SignInNeeded  nobody is signed in, or the session has ended
  + WrongState    the record has moved on; reload and try again
  + BadInput      a value is missing, out of range or contradicts another
  + Unavailable   something the installation needs is not there

Messages are sentences for the person who acts: what is wrong, where, and how to mend it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError


class HeadwayError(Exception):
    """The root of everything raised on purpose."""


class NotFound(HeadwayError):
    """Nothing in the record has that code."""


class NotAllowed(HeadwayError):
    """The person's role or areas do not cover this."""


class SignInNeeded(NotAllowed):
    """Nobody is signed in, or the session has ended."""


class WrongState(HeadwayError):
    """The record has moved on; reload and try again."""


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: the field (or file and entry), what, and how to mend it."""

    where: str
    message: str

    def __str__(self) -> str:
        """Return the fault as one sentence."""
        return f"{self.where}: {self.message}" if self.where else self.message


class BadInput(HeadwayError):
    """A value is missing, out of range or contradicts another; nothing was changed."""

    def __init__(self, *faults: Fault | str) -> None:
        self.faults = tuple(
            fault if isinstance(fault, Fault) else Fault("", fault) for fault in faults
        )
        super().__init__("\n".join(str(fault) for fault in self.faults))


class Unavailable(HeadwayError):
    """Something the installation needs is not there; the message says how to provide it."""


_SENTENCES = {
    "missing": "is missing: fill it in",
    "decimal_parsing": "is not a number: write digits with a point before the decimals",
    "decimal_type": "is not a number: write digits with a point before the decimals",
    "int_parsing": "is not a whole number",
    "finite_number": "is not a finite number",
    "enum": "is none of the words allowed here: {expected}",
    "date_from_datetime_parsing": "is not a date: write it as 2024-07-30",
    "date_parsing": "is not a date: write it as 2024-07-30",
    "string_too_long": "is too long: at most {max_length} characters",
    "string_type": "is not text",
    "extra_forbidden": "is not known here: remove it",
}


def bad_input(error: ValidationError, where: str = "") -> BadInput:
    """Return what Pydantic found as sentences, field by field."""
    faults = []
    for found in error.errors():
        place = " ".join(str(part) for part in found["loc"])
        faults.append(Fault(" ".join(part for part in (where, place) if part), sentence(found)))
    return BadInput(*faults)


def sentence(found: Mapping[str, Any]) -> str:
    """Return one thing that Pydantic found as a sentence without the place."""
    said = _SENTENCES.get(found["type"])
    if said:
        return said.format(**found.get("ctx", {}))
    text: str = found["msg"].removeprefix("Value error, ")
    return text
