"""The command that serves the interface for programs alone."""

import click

from dashboard.cli.base import N_, Desk, command, option
from dashboard.i18n import _


@command(help=N_("Serve the interface for programs alone, on the same database."))
@option("--host", default="127.0.0.1", show_default=True, help=N_("Address to listen at."))
@option(
    "--port",
    default=8502,
    show_default=True,
    type=click.IntRange(1, 65535),
    help=N_("Port to listen at."),
)
def api(host: str, port: int) -> None:
    """Serve the interface alone."""
    from dashboard.web.programs import serve

    desk = Desk()
    desk.record.dispose()
    shown = "localhost" if host in {"127.0.0.1", "0.0.0.0", "::"} else host  # noqa: S104
    click.echo(
        _("The interface is at {address} (Ctrl+C ends it).").format(
            address=f"http://{shown}:{port}/api/"
        )
    )
    serve(desk.settings, host, port)
