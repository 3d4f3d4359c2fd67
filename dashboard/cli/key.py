"""The command that makes a key for signing snapshots."""

from pathlib import Path

import click

from dashboard.cli.base import N_, Desk, command
from dashboard.i18n import _


@command(
    "key",
    help=N_(
        "Make a minisign key with which this installation signs its snapshots.\n\n"
        "The key is protected by HEADWAY_SIGNING_PASSWORD where that is set. HEADWAY_SIGNING_KEY "
        "names its file from then on. Publish what is printed: readers check signatures with it."
    ),
)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def key(file: Path) -> None:
    """Make a signing key."""
    from dashboard.services import signing

    shown = signing.make(file, Desk().settings.signing_password)
    click.echo(_("The secret key is in {path}; only its owner can read it.").format(path=file))
    click.echo(_("The public key, for readers:"))
    click.echo(shown)
