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

from dataclasses import dataclass


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
