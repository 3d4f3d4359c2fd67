"""Restore a record from a snapshot, at the command line."""

import json
from typing import TYPE_CHECKING, Any

import click

from dashboard.cli.base import Desk
from dashboard.i18n import _, number

if TYPE_CHECKING:
    from sqlmodel import Session


def is_meant(desk: Desk, data: bytes, *, is_asked: bool) -> bool:
    """Say whether a file is to become the record: a snapshot, and there is nothing yet."""
    from dashboard.services import intake, restoring
    from models import BadInput, migrations

    if not intake.is_snapshot(data):
        if is_asked:
            raise BadInput(
                _("Only a snapshot restores a record. `headway restore` takes a backup.")
            )
        return False
    return (
        is_asked
        or migrations.current(desk.engine) is None
        or (migrations.is_current(desk.engine) and desk.read(restoring.is_empty))
    )


def restore(desk: Desk, data: bytes, name: str, *, dry_run: bool, as_json: bool) -> None:
    """Restore the record, tell what came back, and what a snapshot does not carry."""
    from dashboard.services import restoring
    from models import SYSTEM, migrations, writing

    migrations.upgrade(desk.engine)

    def work(session: "Session") -> dict[str, Any]:
        found = restoring.restore(session, SYSTEM, data, now=desk.now())
        return {
            "identity": found.snapshot.id,
            "revisions": found.revisions,
            "updates": found.updates,
            "differing": list(found.differing),
        }

    if dry_run:
        with writing(desk.record) as session:
            told = work(session)
            session.rollback()
    else:
        told = desk.write(work)
    if as_json:
        whole = {"file": name, "is_dry_run": dry_run, **told}
        click.echo(json.dumps(whole, ensure_ascii=False, indent=1))
        return
    words = _("{n} revisions and {m} reports on measures came back with their numbers.")
    click.echo(words.format(n=number(told["revisions"]), m=number(told["updates"])))
    if told["differing"]:
        words = _("This version of the program words these files otherwise: {files}.")
        click.echo(words.format(files=", ".join(told["differing"])))
    else:
        click.echo(_("Written again from the restored record the snapshot is the same:"))
    click.echo(f"sha256:{told['identity']}")
    click.echo(
        _(
            "People, drafts and what was never accepted are in no snapshot. "
            "`headway user add` gives the first administrator an account."
        )
    )
