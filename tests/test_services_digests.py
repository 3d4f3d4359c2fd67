"""Letters: at most one a person a day, each matter once, in their language, never to who left."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy.engine import Engine
from sqlmodel import Session, select

from dashboard import i18n
from dashboard.services import correspondence, digests, outbox, review, rounds
from dashboard.services.correspondence import Links
from dashboard.services.digests import Letter, Post
from dashboard.settings import Mail, Settings
from models import BadInput, Identity, Message, Person, Unavailable, reading, unit_of_work
from tests import rounds as tiny_rounds
from tests.postgres import free_port
from tests.rounds import send, send_all
from tests.tiny import NOON, PLAN

LINKS = Links("https://headway.example.org", b"a secret of the tests")
DAY = NOON.date()


@pytest.fixture
def secretariat(person: Callable[[str], Identity]) -> Identity:
    return person("secretariat")


@pytest.fixture
def code(session: Session, secretariat: Identity) -> str:
    return tiny_rounds.opened(session, secretariat)


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def due(session: Session, day: date = DAY) -> dict[str, Letter]:
    letters = digests.write(session, LINKS, day=day, now=at(day))
    return {letter.person_id: letter for letter in letters}


def told(session: Session, day: date) -> set[str]:
    """Record the letters of a day as having left; return to whom."""
    digests.record(session, LINKS, day=day, now=at(day))
    written = session.exec(select(Message).where(Message.day == day)).all()
    for message in written:
        message.sent_at = at(day)
    session.flush()
    return {message.person_id for message in written}


def test_letters_are_written_at_30_7_and_1_days_and_each_week_once_late(
    session: Session, secretariat: Identity
) -> None:
    tiny_rounds.opened(session, secretariat, areas=("KEN",), due=date(2026, 8, 15))
    written = [
        day
        for day in (DAY + timedelta(days=n) for n in range(70))
        if "coordinator" in told(session, day)
    ]
    # Due on 15 August: 30 days before is 16 July, 7 days 8 August, 1 day 14 August.
    assert written == [
        date(2026, 7, 16),
        date(2026, 8, 8),
        date(2026, 8, 14),
        date(2026, 8, 16),
        date(2026, 8, 23),
        date(2026, 8, 30),
        date(2026, 9, 6),
    ]


def test_a_day_on_which_nothing_ran_is_made_up_for(session: Session, secretariat: Identity) -> None:
    tiny_rounds.opened(session, secretariat, areas=("KEN",), due=date(2026, 8, 15))
    assert told(session, date(2026, 7, 20)) == {"coordinator"}, "25 days before, instead of 30"
    assert told(session, date(2026, 7, 21)) == set()


def test_nobody_is_written_to_once_all_is_delivered(
    session: Session, coordinator: Identity, code: str
) -> None:
    assert set(due(session)) == {"coordinator", "neighbour"}
    send_all(session, coordinator)
    assert set(due(session)) == {"neighbour"}


def test_what_was_sent_back_is_told_once_with_what_the_reviewer_wrote(
    session: Session, coordinator: Identity, reviewer: Identity, secretariat: Identity
) -> None:
    tiny_rounds.opened(session, secretariat, due=date(2026, 12, 1))
    assert due(session) == {}, "the due date is months away"
    ref = send(session, coordinator)
    review.send_back(session, reviewer, ref, plan=PLAN, note="which year?", now=NOON)
    letter = due(session)["coordinator"]
    assert letter.topics == ("returned:KEN-1",)
    assert "- A.1.1 Victims assisted: which year?" in letter.body
    assert told(session, DAY) == {"coordinator"}
    assert told(session, DAY + timedelta(days=1)) == set()


def test_a_reminder_of_the_secretariat_goes_with_the_next_letter(
    session: Session, secretariat: Identity
) -> None:
    code = tiny_rounds.opened(session, secretariat, due=date(2026, 12, 1))
    rounds.remind(session, secretariat, code, ["NAM"], token="r", now=NOON)
    assert set(due(session)) == {"neighbour"}


def test_a_closed_round_writes_to_nobody(
    session: Session, secretariat: Identity, code: str
) -> None:
    rounds.close(session, secretariat, code, token="c", now=NOON)
    assert due(session) == {}


def test_a_letter_says_what_where_until_when_and_whom_to_ask(session: Session, code: str) -> None:
    letter = due(session)["coordinator"]
    assert letter.subject == "Headway: 1 report to look at"
    for words in (
        "Kenya: Round of 2024",
        "Due July 15, 2026 (15 days left). 0 of 3 delivered.",
        "Whom to ask: Office of the plan, rounds@example.org",
        "https://headway.example.org/tasks?plan=TINY&area=KEN",
        LINKS.unsubscribe("coordinator"),
    ):
        assert words in letter.body


def test_a_letter_is_in_the_language_of_its_reader(session: Session, code: str) -> None:
    session.get_one(Person, "coordinator").language = i18n.PSEUDO
    session.flush()
    letters = due(session)
    assert letters["coordinator"].subject == "⟦Headway: 1 report to look at⟧"
    assert letters["neighbour"].subject == "Headway: 1 report to look at"
    assert i18n.language() == "en", "the language of whoever runs it is spoken again"


def test_who_ended_the_letters_gets_none_until_they_begin_again(
    session: Session, coordinator: Identity, code: str
) -> None:
    correspondence.unsubscribe(session, "coordinator", now=NOON)
    correspondence.unsubscribe(session, "coordinator", now=NOON)
    assert set(due(session)) == {"neighbour"}
    correspondence.subscribe(session, coordinator, now=NOON)
    assert set(due(session)) == {"coordinator", "neighbour"}


def test_the_persons_of_a_demonstration_are_not_written_to_by_a_mail_server(
    session: Session, code: str
) -> None:
    session.get_one(Person, "coordinator").is_illustrative = True
    session.flush()
    letters = digests.write(session, LINKS, day=DAY, now=NOON, pretended=False)
    assert [letter.person_id for letter in letters] == ["neighbour"]


# Sending --------------------------------------------------------------------------------------


@pytest.fixture
def founded(engine: Engine, person: Callable[[str], Identity]) -> Engine:
    unit_of_work(engine, lambda session: tiny_rounds.opened(session, person("secretariat")))
    return engine


def post(deliver: Callable[[EmailMessage], None]) -> Post:
    return Post(LINKS, deliver, "headway@example.org", True)


def messages(engine: Engine) -> list[Message]:
    with reading(engine) as session:
        return list(session.exec(select(Message).order_by(Message.person_id)))


def test_a_run_that_is_repeated_sends_nothing_twice(founded: Engine) -> None:
    left: list[EmailMessage] = []
    for _ in range(3):
        digests.run(founded, post(left.append), day=DAY, now=NOON)
    assert [made["To"] for made in left] == ["coordinator@example.org", "neighbour@example.org"]
    assert all(message.sent_at == NOON for message in messages(founded))


def test_a_crash_between_sending_and_keeping_sends_no_second_letter_that_day(
    founded: Engine,
) -> None:
    left: list[EmailMessage] = []

    def crash(made: EmailMessage) -> None:
        left.append(made)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        digests.run(founded, post(crash), day=DAY, now=NOON)
    digests.run(founded, post(left.append), day=DAY, now=NOON)
    assert sorted(made["To"] for made in left) == [
        "coordinator@example.org",
        "neighbour@example.org",
    ]
    tomorrow = NOON + timedelta(days=1)
    digests.run(founded, post(left.append), day=tomorrow.date(), now=tomorrow)
    assert [made["To"] for made in left[2:]] == ["coordinator@example.org"], (
        "nobody knows whether the first one arrived, so the next day tells it again"
    )


def test_a_letter_that_was_refused_is_tried_again(founded: Engine) -> None:
    def refuse(made: EmailMessage) -> None:
        raise Unavailable("The mail server is away.")

    done = digests.run(founded, post(refuse), day=DAY, now=NOON)
    assert (done.sent, done.failures) == (0, ("The mail server is away.",) * 2)
    assert {message.failure for message in messages(founded)} == {"The mail server is away."}
    left: list[EmailMessage] = []
    assert digests.run(founded, post(left.append), day=DAY, now=NOON).sent == 2
    assert {message.failure for message in messages(founded)} == {""}


class Kept:
    """What a mail server was given."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        parsed = BytesParser(policy=default).parsebytes(envelope.content)
        assert isinstance(parsed, EmailMessage)
        self.letters.append(parsed)
        return "250 OK"


@pytest.fixture
def server() -> Iterator[tuple[Kept, int]]:
    kept, port = Kept(), free_port()
    running = Controller(kept, hostname="127.0.0.1", port=port)
    running.start()
    yield kept, port
    running.stop()


def test_a_mail_server_gets_letters_that_can_be_ended_with_one_click(
    founded: Engine, server: tuple[Kept, int], tmp_path: Path
) -> None:
    kept, port = server
    settings = Settings.read(
        {"HEADWAY_HOME": str(tmp_path), "HEADWAY_SMTP": f"smtp://127.0.0.1:{port}"}
    )
    done = digests.run(founded, Post.of(settings, LINKS), day=DAY, now=NOON)
    assert (done.sent, done.failures) == (2, ())
    made = kept.letters[0]
    assert made["List-Unsubscribe"] == f"<{LINKS.unsubscribe('coordinator')}>"
    assert made["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert made["Auto-Submitted"] == "auto-generated"
    assert "Kenya: Round of 2024" in made.get_content()
    assert "coordinator@example.org" not in made.get_content()


def test_a_mail_server_that_is_not_there_is_said_in_a_sentence(tmp_path: Path) -> None:
    mail = Mail("smtp", "127.0.0.1", free_port())
    made = outbox.letter(
        sender="a@example.org", to="b@example.org", subject="x", body="y", identity="z", now=NOON
    )
    with pytest.raises(Unavailable, match="Check HEADWAY_SMTP"):
        outbox.way(mail, tmp_path)(made)


def test_without_a_server_letters_are_files_that_only_the_owner_reads(
    founded: Engine, tmp_path: Path
) -> None:
    settings = Settings.read({"HEADWAY_HOME": str(tmp_path)})
    digests.run(founded, Post.of(settings, LINKS), day=DAY, now=NOON)
    files = sorted((tmp_path / "outbox").glob("*.eml"))
    assert len(files) == 2
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    made = BytesParser(policy=default).parsebytes(files[0].read_bytes())
    assert made["Subject"] == "Headway: 1 report to look at"


def test_a_letter_is_written_to_the_console_where_that_is_wanted(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    made = outbox.letter(
        sender="a@example.org",
        to="b@example.org",
        subject="two\nlines",
        body="y",
        identity="z",
        now=NOON,
    )
    outbox.way(Mail("console"), tmp_path)(made)
    assert "Subject: two lines" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("word", "mail"),
    [
        ("", Mail("file")),
        ("console", Mail("console")),
        ("smtp://mail.example.org", Mail("smtp", "mail.example.org", 25)),
        (
            "smtp+starttls://" + "me%40here:p%3Aw" + "@mail.example.org",
            Mail("smtp+starttls", "mail.example.org", 587, "me@here", "p:w"),
        ),
        ("smtps://mail.example.org:2465", Mail("smtps", "mail.example.org", 2465)),
    ],
)
def test_the_way_of_letters_is_set_in_one_word(word: str, mail: Mail) -> None:
    assert Settings.read({"HEADWAY_SMTP": word}).mail == mail


@pytest.mark.parametrize("word", ["mail.example.org", "http://mail.example.org", "smtp://x:y:z"])
def test_a_mail_server_that_cannot_be_is_refused(word: str) -> None:
    with pytest.raises(BadInput, match="HEADWAY_SMTP: is no mail server"):
        Settings.read({"HEADWAY_SMTP": word})
    with pytest.raises(BadInput, match="HEADWAY_MAIL_FROM"):
        Settings.read({"HEADWAY_MAIL_FROM": "nobody"})


def test_a_server_that_cannot_encrypt_gets_no_letter(
    server: tuple[Kept, int], tmp_path: Path
) -> None:
    kept, port = server
    mail = replace(Mail("smtp+starttls"), host="127.0.0.1", port=port)
    made = outbox.letter(
        sender="a@example.org", to="b@example.org", subject="x", body="y", identity="z", now=NOON
    )
    with pytest.raises(Unavailable):
        outbox.way(mail, tmp_path)(made)
    assert kept.letters == []
