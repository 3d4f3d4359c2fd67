"""The command that writes to those who report, for cron: digest."""

from datetime import date

import click

from dashboard.cli.base import N_, Desk, command, option
from dashboard.i18n import _, plural


class Day(click.ParamType[date]):
    """A day, such as 2026-03-01."""

    name = "day"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> date:
        """Return the day."""
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self.fail(_("{value} is no day: write 2026-03-01").format(value=value), param, ctx)


@command(
    help=N_(
        "Write to those who report: at most one letter a person a day, when a due date is near or "
        "past, or something was sent back.\n\n"
        "Run it once a day, by cron for example; run again it sends nothing twice. Without "
        "HEADWAY_SMTP the letters are files in the home's folder `outbox`."
    )
)
@option("--dry-run", is_flag=True, help=N_("Only show the letters; record and send none."))
@option("--as-of-day", "day", type=Day(), help=N_("Do as if it were this day."))
def digest(dry_run: bool, day: date | None) -> None:
    """Write to those who report."""
    from dashboard.services import digests
    from dashboard.services.correspondence import Links
    from dashboard.web import secret

    desk = Desk()
    now = desk.now()
    links = Links(desk.settings.address, secret.read(desk.settings.home))
    if dry_run:
        letters = desk.read(
            lambda session: digests.write(session, links, day=day or now.date(), now=now)
        )
        for letter in letters:
            click.echo(
                f"{letter.person_id} ({letter.language}): {letter.subject}\n\n{letter.body}\n"
            )
        click.echo(plural("{n} letter would leave.", "{n} letters would leave.", len(letters)))
        return
    post = digests.Post.of(desk.settings, links)
    done = digests.run(desk.record, post, day=day or now.date(), now=now)
    click.echo(plural("{n} letter has left.", "{n} letters have left.", done.sent))
    if done.failures:
        raise click.ClickException(
            plural("{n} letter did not leave: ", "{n} letters did not leave: ", len(done.failures))
            + done.failures[0]
        )
