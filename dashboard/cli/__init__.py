"""The command line: `headway`. The same services as the pages, for whoever runs an installation.

Whoever can run it can read the database anyway, so it acts as the installation itself, unless
`--as` names somebody.
"""

import click

from dashboard.cli import (
    api,
    briefs,
    changes,
    files,
    founding,
    imports,
    keeping,
    key,
    letters,
    people,
    publish,
    token,
)
from dashboard.cli.base import N_, Program, option


def _version(context: click.Context, _parameter: click.Parameter, wanted: bool) -> None:
    if wanted and not context.resilient_parsing:
        from dashboard import __version__

        click.echo(f"headway {__version__}")
        context.exit()


@click.group(
    cls=Program,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    help=N_(
        "Headway follows an action plan from objective to outcome.\n\n"
        "Start with `headway demo` and `headway run` to look around, or with `headway init` for a "
        "record of your own. HEADWAY_HOME says where it lies; the README tells every setting."
    ),
)
@option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_version,
    help=N_("Say which version this is."),
)
def main() -> None:
    """Run a command."""


for command in (
    founding.init,
    founding.demo,
    founding.upgrade,
    founding.run,
    api.api,
    imports.take_in,
    files.give_out,
    briefs.brief,
    files.snapshot,
    files.verify,
    publish.publish,
    changes.changes,
    key.key,
    people.user,
    token.token,
    letters.digest,
    keeping.backup,
    keeping.restore,
    keeping.doctor,
):
    main.add_command(command)
