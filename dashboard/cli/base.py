"""What all commands share: translated help, sentences instead of tracebacks, the open record.

Nothing heavy is imported here: `headway --help` must answer at once.
"""

import os
import sys
import traceback
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from dashboard import i18n
from dashboard.i18n import _

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine
    from sqlmodel import Session

    from dashboard.settings import Settings
    from models import Identity

Result = TypeVar("Result")
Function = Callable[..., Any]
Decorated = TypeVar("Decorated", bound=Callable[..., Any])
OURS_TO_MEND: Final = 70
"""Exit code of a fault in the program itself."""


class Command(click.Command):
    """A command whose help is in the reader's language."""

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the translated help."""
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(_(self.help or ""))

    def get_short_help_str(self, limit: int = 45) -> str:
        """Return the first sentence of the translated help."""
        return _(self.help or "").split("\n\n", 1)[0].strip()


class Group(Command, click.Group):
    """A group of commands."""

    command_class = Command

    def command(self, *names: str, **attributes: Any) -> Callable[[Function], Command]:  # type: ignore[override]
        """Add a command of ours."""
        made: Callable[[Function], Any] = super().command(*names, **attributes)
        return made


class Program(Group):
    """The program: speaks the language of the terminal and ends every failure in a sentence."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run with the language that the terminal asks for."""
        i18n.speak(language(os.environ))
        return super().main(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; what it raises becomes a sentence."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.Abort, click.exceptions.Exit, KeyboardInterrupt):
            raise
        except BrokenPipeError:
            raise click.exceptions.Exit(0) from None
        except Exception as error:
            raise _told(error) from error


class Option(click.Option):
    """An option whose help is in the reader's language."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Return the names of the option and its translated help."""
        found = super().get_help_record(ctx)
        if found is None or not self.help:
            return found
        return found[0], found[1].replace(self.help, _(self.help))


def option(*names: str, **attributes: Any) -> Callable[[Decorated], Decorated]:
    """Give a command an option whose help is translated."""
    return click.option(*names, cls=Option, **attributes)


def command(name: str | None = None, **attributes: Any) -> Callable[[Function], Command]:
    """Make a function a command of ours."""
    return click.command(name, cls=Command, **attributes)


def group(name: str | None = None, **attributes: Any) -> Callable[[Function], Group]:
    """Make a function a group of commands of ours."""
    return click.group(name, cls=Group, **attributes)


def N_(text: str) -> str:  # noqa: N802 - the usual name
    """Return the text as it is; marks it for translation where it is shown."""
    return text


def language(environ: "os._Environ[str] | dict[str, str]") -> str:
    """Return the language that a terminal asks for, such as `fr` for fr_CH.UTF-8."""
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        word = environ.get(name, "").split(":")[0].split(".")[0]
        if word:
            code = word.split("_")[0].lower()
            return code if code in i18n.offered() else "en"
    return "en"


class OurFault(click.ClickException):
    """Something failed that nobody at the terminal can help."""

    exit_code = OURS_TO_MEND


def _told(error: Exception) -> click.ClickException:
    from sqlalchemy.exc import SQLAlchemyError

    from models import HeadwayError

    if isinstance(error, HeadwayError):
        return click.ClickException(str(error))
    if isinstance(error, SQLAlchemyError):
        reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        return click.ClickException(
            _("The database refused: {reason}. `headway doctor` looks closer.").format(
                reason=reason
            )
        )
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        return click.ClickException(f"{where}{error.strerror or error}")
    return OurFault(_noted(error))


def _noted(error: Exception) -> str:
    """Keep the details of a fault of ours in a file, and say where."""
    kind = f"{type(error).__name__}: {error}".strip()
    details = "".join(traceback.format_exception(error))
    try:
        path = Desk().settings.home / "log" / "failure.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(details, "utf-8")
    except Exception:
        return _("Something failed that should not: {kind}").format(kind=kind)
    return _(
        "Something failed that should not ({kind}). The details are in {path}: please report it."
    ).format(kind=kind, path=path)


class Desk:
    """The installation that a command works on, opened when it is needed."""

    @cached_property
    def settings(self) -> "Settings":
        """The settings of this installation."""
        from dashboard.settings import Settings

        return Settings.read(os.environ)

    @cached_property
    def engine(self) -> "Engine":
        """The database, whether or not it is there yet."""
        from models import check_connection, open_database

        # The home is for its owner alone; a database elsewhere is not ours to guard.
        self.settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        engine = open_database(self.settings.database)
        context = click.get_current_context(silent=True)
        if context is not None:
            context.call_on_close(engine.dispose)
        check_connection(engine)
        return engine

    @property
    def record(self) -> "Engine":
        """The database with the tables of this version in it."""
        from models import Unavailable, migrations

        if migrations.current(self.engine) is None:
            raise Unavailable(
                _(
                    "There is no record in {home} yet: make one with `headway init`, or look "
                    "around with `headway demo`."
                ).format(home=self.settings.home)
            )
        if not migrations.is_current(self.engine):
            raise Unavailable(
                _("The record is not as this version needs it: run `headway upgrade`.")
            )
        return self.engine

    def now(self) -> datetime:
        """Return the present moment."""
        return datetime.now(UTC)

    def read(self, work: "Callable[[Session], Result]") -> Result:
        """Read from the record."""
        from models import reading

        with reading(self.record) as session:
            return work(session)

    def write(self, work: "Callable[[Session], Result]") -> Result:
        """Do the work in one transaction."""
        from models import unit_of_work

        return unit_of_work(self.record, work)

    def who(self, email: str | None) -> "Identity":
        """Return the person with this address, or the installation itself where none is named."""
        from dashboard.services import access
        from models import SYSTEM

        if email is None:
            return SYSTEM
        number = self.read(lambda session: person(session, email))
        return self.read(lambda session: access.identity(session, number, now=self.now()))


def person(session: "Session", email: str) -> str:
    """Return the number of the person with this address."""
    from sqlmodel import select

    from models import NotFound, Person

    found = session.exec(select(Person.id).where(Person.email == email.strip().lower())).first()
    if found is None:
        raise NotFound(_("Nobody has an account with the address {email}.").format(email=email))
    return found


def a_plan(desk: Desk, code: str | None) -> str:
    """Return the plan that is meant: the one named, or the only or first one there is."""
    from dashboard.services import plans
    from models import NotFound

    codes = [plan.code for plan in desk.read(plans.listing)]
    if code is None and codes:
        return codes[0]
    wanted = (code or "").upper()
    if wanted not in codes:
        raise NotFound(
            _("No plan has the code {code}. There are: {codes}.").format(
                code=wanted or "–", codes=", ".join(codes) or "–"
            )
        )
    return wanted


class Moment(click.ParamType[datetime]):
    """A day, which means its end in UTC, or a moment with its time zone."""

    name = "moment"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """Return the moment."""
        if isinstance(value, datetime):
            return value
        found = _moment(str(value))
        if found is None:
            told = _("{value} is no moment: write 2026-03-01 or 2026-03-01T12:00:00Z")
            self.fail(told.format(value=value), param, ctx)
        return found


def _moment(text: str) -> datetime | None:
    try:
        if len(text) == 10:
            day = date.fromisoformat(text)
            return datetime(day.year, day.month, day.day, 23, 59, 59, 999_999, tzinfo=UTC)
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found.astimezone(UTC) if found.tzinfo is not None else None


class Bar:
    """A bar on the terminal, fed by how much is done of how much; nothing in a file."""

    def __init__(self, label: str) -> None:
        self.label = label
        self.open = ExitStack()
        self.shown: Any = None

    def __enter__(self) -> Callable[[int, int], None]:
        """Begin; the bar is drawn when the first part is done."""
        return self.tell

    def tell(self, done: int, whole: int) -> None:
        """Show that so much of the whole is done."""
        if self.shown is None:
            drawn: Any = click.progressbar(length=max(whole, 1), label=self.label, file=sys.stderr)
            self.shown = self.open.enter_context(drawn)
        self.shown.update(done - self.shown.pos)

    def __exit__(self, *_error: object) -> None:
        """Leave the line."""
        self.open.close()


def keep(content: bytes, path: Path | None) -> None:
    """Write bytes to a file that is complete or absent, or to where the output goes."""
    if path is None:
        sys.stdout.buffer.write(content)
        return
    partial_ = path.with_name(f".{path.name}.partial")
    try:
        partial_.write_bytes(content)
        partial_.replace(path)
    finally:
        partial_.unlink(missing_ok=True)


def keep_all(parts: Iterable[bytes], path: Path | None) -> int:
    """Write bytes part by part, as `keep` does, and return how many there were."""
    size = 0
    if path is None:
        for part in parts:
            size += sys.stdout.buffer.write(part)
        return size
    partial_ = path.with_name(f".{path.name}.partial")
    try:
        with partial_.open("wb") as opened:
            for part in parts:
                size += opened.write(part)
        partial_.replace(path)
    finally:
        partial_.unlink(missing_ok=True)
    return size
