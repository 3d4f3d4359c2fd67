"""Commands that keep a record in good health: backup, restore, doctor."""

import json
from pathlib import Path

import click

from dashboard.cli.base import N_, Bar, Desk, command, option
from dashboard.i18n import _, number

SIGNS = {"good": "✓", "doubtful": "!", "bad": "✗"}


@command(
    help=N_(
        "Write the whole record to one file, while people go on working.\n\n"
        "SQLite gives a database file, PostgreSQL a zip. It holds password hashes and addresses: "
        "keep it as safe as the record itself."
    )
)
@click.argument("file", required=False, type=click.Path(path_type=Path))
@option("--portable", is_flag=True, help=N_("Write a zip that PostgreSQL takes back, too."))
def backup(file: Path | None, portable: bool) -> None:
    """Back the record up."""
    from dashboard.services import backups

    desk = Desk()
    is_file = desk.engine.dialect.name == "sqlite" and not portable
    stamp = desk.now().strftime("%Y%m%d-%H%M%S")
    usual = desk.settings.home / "backups" / f"headway-{stamp}.{'db' if is_file else 'zip'}"
    with Bar(_("Backing up")) as tell:
        written = backups.backup(
            desk.engine, file or usual, portable=portable, now=desk.now(), tell=tell
        )
    click.echo(
        _("{path}, {size} MB").format(path=written, size=number(written.stat().st_size / 1e6))
    )


@command(help=N_("Bring a backup back into an empty database."))
@click.argument("file", type=click.Path(path_type=Path))
@option("--replace", is_flag=True, help=N_("Replace the SQLite record that is there."))
@option("--yes", is_flag=True, help=N_("Do not ask before replacing."))
def restore(file: Path, replace: bool, yes: bool) -> None:
    """Bring a backup back."""
    from dashboard.services import backups

    desk = Desk()
    if replace and backups.has_record(desk.engine):
        if not yes:
            click.confirm(_("Replace the record that is there?"), abort=True)
        stamp = desk.now().strftime("%Y%m%d-%H%M%S")
        before = desk.settings.home / "backups" / f"headway-{stamp}-replaced.db"
        backups.backup(desk.engine, before, now=desk.now())
        click.echo(_("What was there is kept in {path}.").format(path=before))
    with Bar(_("Bringing back")) as tell:
        rows = backups.restore(desk.engine, file, replace=replace, tell=tell)
    click.echo(
        _(
            "{rows} rows are back, {observations} of them observations. `headway doctor` checks."
        ).format(rows=number(sum(rows.values())), observations=number(rows["observation"]))
    )


@command(
    help=N_(
        "Look whether everything is as it should be, and say what to do where it is not.\n\n"
        "Ends with 0 when healthy, 1 when not."
    )
)
@option("--rebuild", is_flag=True, help=N_("First make the derived tables anew from the truth."))
@option("--json", "as_json", is_flag=True, help=N_("Write JSON."))
def doctor(rebuild: bool, as_json: bool) -> None:
    """Check the installation."""
    from dashboard.services import upkeep
    from models import open_database

    desk = Desk()
    engine = open_database(desk.settings.database)  # reachable or not
    click.get_current_context().call_on_close(engine.dispose)
    if rebuild:
        click.echo(
            _("Made anew: {tables}").format(
                tables=", ".join(
                    f"{name} {number(rows)}" for name, rows in upkeep.rebuild(desk.record).items()
                )
            ),
            err=True,
        )
    found = []
    for name, probe in upkeep.checks(engine, desk.settings, now=desk.now()):
        check = upkeep.look(name, probe)
        found.append(check)
        if not as_json:
            click.echo(f"{SIGNS[check.health]} {check.name}: {check.found}")
        if name == _("tables") and check.health == upkeep.Health.BAD:
            break  # nothing below can be looked at
    bad = sum(check.health == upkeep.Health.BAD for check in found)
    if as_json:
        told = [
            {"check": one.name, "health": one.health.value, "found": one.found} for one in found
        ]
        click.echo(json.dumps({"is_healthy": not bad, "checks": told}, indent=1))
    else:
        click.echo(_("healthy") if not bad else _("unhealthy: {n} to mend").format(n=bad))
    raise click.exceptions.Exit(1 if bad else 0)
