"""How a letter leaves: to a mail server, or, where none is set, into a folder or onto the console.

A letter is plain text with the headers by which mail programs offer to end such letters (RFC 8058).
"""

import smtplib
import ssl
from collections.abc import Callable
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Final

from dashboard.settings import Mail
from models import Unavailable

Deliver = Callable[[EmailMessage], None]
"""Hands a letter over, or raises `Unavailable` with what was wrong; then it did not leave."""

PATIENCE: Final = 30.0
"""Seconds to wait for a mail server."""


def letter(
    *,
    sender: str,
    to: str,
    subject: str,
    body: str,
    identity: str,
    unsubscribe: str = "",
    now: datetime,
) -> EmailMessage:
    """Return a letter; `identity` names it, so that the same one is recognised when seen twice."""
    made = EmailMessage()
    made["From"], made["To"] = sender, to
    made["Subject"] = " ".join(subject.split())
    made["Date"] = now
    made["Message-ID"] = f"<{identity}@{sender.rpartition('@')[2]}>"
    made["Auto-Submitted"] = "auto-generated"
    if unsubscribe:
        made["List-Unsubscribe"] = f"<{unsubscribe}>"
        made["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    made.set_content(body)
    return made


def way(mail: Mail, home: Path) -> Deliver:
    """Return how letters leave this installation."""
    if mail.way == "console":
        return _console
    if mail.way == "file":
        return _folder(home / "outbox")
    return _server(mail)


def _console(made: EmailMessage) -> None:
    print(made.as_string(), flush=True)


def _folder(folder: Path) -> Deliver:
    def put(made: EmailMessage) -> None:
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            name = made["Message-ID"].strip("<>").partition("@")[0]
            beside = folder / f".{name}.partial"
            beside.touch(mode=0o600)
            beside.write_bytes(made.as_bytes(policy=SMTP))
            beside.replace(folder / f"{name}.eml")
        except OSError as error:
            raise Unavailable(f"{folder} cannot be written to: {error.strerror}.") from error

    return put


def _server(mail: Mail) -> Deliver:
    def send(made: EmailMessage) -> None:
        try:
            with _connected(mail) as server:
                if mail.way == "smtp+starttls":
                    server.starttls(context=ssl.create_default_context())
                if mail.user:
                    server.login(mail.user, mail.password)
                server.send_message(made)
        except (OSError, smtplib.SMTPException) as error:
            kind = type(error).__name__
            raise Unavailable(
                f"The mail server {mail.host}:{mail.port} did not take a letter ({kind}). "
                "Check HEADWAY_SMTP; the letter is tried again with the next run."
            ) from error

    return send


def _connected(mail: Mail) -> smtplib.SMTP:
    if mail.way == "smtps":
        trusted = ssl.create_default_context()
        return smtplib.SMTP_SSL(mail.host, mail.port, timeout=PATIENCE, context=trusted)
    return smtplib.SMTP(mail.host, mail.port, timeout=PATIENCE)
