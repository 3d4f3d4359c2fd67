"""The command that writes the static edition: public dashboards as plain files, for any host."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from dashboard.cli.base import N_, Desk, a_plan, command, option
from dashboard.cli.files import AS_OF, PLAN
from dashboard.i18n import _, instant, number

if TYPE_CHECKING:
    from sqlmodel import Session

    from models import Snapshot

MINE: Final = ".headway-edition"
"""The file by which a folder is known to hold an edition, which may be written over."""


@command(
    help=N_(
        "Write the public dashboards as plain files that need no server.\n\n"
        "They open from a disk as well as from any host: pages, charts, search, data, news. As "
        "known at a snapshot or a moment; the same gives the same bytes."
    )
)
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@PLAN
@option("--snapshot", "identity", help=N_("As known at this snapshot (start of its identity)."))
@AS_OF
@option(
    "--language",
    "languages",
    multiple=True,
    help=N_("A language of the pages, the first one at the top; may be repeated."),
)
@option("--address", default="", help=N_("Where it will lie: for the list of pages and citations."))
def publish(  # noqa: PLR0917 - one for each option
    folder: Path,
    plan: str | None,
    identity: str | None,
    as_of: datetime | None,
    languages: tuple[str, ...],
    address: str,
) -> None:
    """Write the static edition."""
    from dashboard.services import edition, snapshots

    desk = Desk()
    if identity and as_of:
        raise click.UsageError(_("Name a snapshot or a moment, not both."))
    taken: Snapshot | None = (
        desk.read(lambda session: snapshots.get(session, identity)) if identity else None
    )
    code = taken.plan_code if taken is not None else a_plan(desk, plan)
    moment = taken.as_of if taken is not None else as_of or desk.now()
    _refuse(folder)
    order = edition.Order(
        code,
        moment,
        _known(languages),
        publisher=desk.settings.agency,
        address=address.rstrip("/"),
        snapshot=taken,
    )

    def write(session: "Session") -> tuple[int, int]:
        return _keep(folder, edition.write(session, order))

    n, size = desk.read(write)
    click.echo(
        _("{n} files, {size} MB, as known at {moment}: open {path}").format(
            n=number(n), size=number(size / 1e6), moment=instant(moment), path=folder / "index.html"
        )
    )


def _known(languages: tuple[str, ...]) -> tuple[str, ...]:
    from dashboard import i18n

    wanted = tuple(dict.fromkeys(languages)) or (i18n.language(),)
    unknown = [code for code in wanted if code not in {*i18n.offered(), i18n.PSEUDO}]
    if unknown:
        raise click.UsageError(
            _("No pages can be written in {language}. There are: {languages}.").format(
                language=unknown[0], languages=", ".join(i18n.offered())
            )
        )
    return wanted


def _refuse(folder: Path) -> None:
    """Refuse a folder that holds anything but an earlier edition: nothing of others is replaced."""
    if folder.exists() and any(folder.iterdir()) and not (folder / MINE).exists():
        raise click.UsageError(
            _(
                "{folder} holds other files: name a new folder, or one of an earlier edition."
            ).format(folder=folder)
        )


def _keep(folder: Path, files: Iterable[tuple[str, bytes]]) -> tuple[int, int]:
    """Write the files, and remove what an earlier edition had and this one has not."""
    folder.mkdir(parents=True, exist_ok=True)
    listed = folder / MINE
    before = set(listed.read_text("utf-8").splitlines()) if listed.exists() else set()
    written: list[str] = []
    size = 0
    for name, content in files:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        written.append(name)
        size += len(content)
    for name in before - set(written):
        # Only what the list of our own edition names, and nothing outside the folder.
        if (folder / name).resolve().is_relative_to(folder.resolve()):
            (folder / name).unlink(missing_ok=True)
    listed.write_text("\n".join(sorted(written)) + "\n", "utf-8")
    return len(written), size
