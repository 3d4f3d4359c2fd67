"""The command line: every command does its work, and every failure is a sentence."""

import csv
import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from sqlmodel import Session

from dashboard import cli, i18n
from dashboard.cli import base
from dashboard.services import access, observations, passwords, people, review, sign_in
from models import SYSTEM, SecondFactor, open_database, reading, unit_of_work
from tests.tiny import NOON, PERCENT, PLAN, chain, draft

Run = Callable[..., Result]
PASSWORD = "long enough to be kept"
HEADER = "indicator,area,period,value,source\n"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give an installation of one's own, without any other setting."""
    for name in [name for name in os.environ if name.startswith("HEADWAY_")]:
        monkeypatch.delenv(name)
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG", "PORT"):
        monkeypatch.delenv(name, raising=False)
    place = tmp_path / "home"
    monkeypatch.setenv("HEADWAY_HOME", str(place))
    return place


@pytest.fixture
def run(home: Path) -> Run:
    """Give a way to run a command in this installation."""

    def command(*words: object, given: str = "", code: int = 0) -> Result:
        done = CliRunner().invoke(cli.main, [str(word) for word in words], input=given)
        assert done.exit_code == code, done.output
        assert "Traceback" not in done.output
        return done

    return command


@pytest.fixture
def record(home: Path, template: Path) -> Path:
    """Give the installation the tiny record, with one accepted figure."""
    home.mkdir(mode=0o700)
    path = home / "headway.db"
    shutil.copyfile(template, path)
    engine = open_database(f"sqlite:///{path}")

    def work(session: Session) -> None:
        chain(session)
        sender = access.identity(session, "coordinator", now=NOON)
        judge = access.identity(session, "reviewer", now=NOON)
        sent = draft(value=Decimal("62.50"))
        ref = observations.submit(session, sender, sent, plan=PLAN, token="a", now=NOON)
        review.accept(session, judge, ref, plan=PLAN, now=NOON)

    unit_of_work(engine, work)
    engine.dispose()
    return path


def test_help_answers_at_once_and_tells_every_command(home: Path) -> None:
    command = [sys.executable, "-m", "dashboard.cli", "--help"]
    spent = []
    for _ in range(3):
        before = sum(os.times()[2:4])  # processor seconds of child processes
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        spent.append(sum(os.times()[2:4]) - before)
    assert min(spent) < 0.5
    for name in cli.main.commands:
        assert f"\n  {name}" in done.stdout


def test_help_imports_nothing_heavy() -> None:
    program = (
        "import sys; from dashboard import cli; "
        "print([name for name in ('pandas', 'sqlalchemy', 'models', 'streamlit', 'fastapi', "
        "'pyarrow') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def walk(command: click.Command, path: str = "") -> list[tuple[str, click.Command]]:
    found = [(path.strip(), command)]
    if isinstance(command, click.Group):
        for name, inner in command.commands.items():
            found += walk(inner, f"{path} {name}")
    return found


@pytest.mark.parametrize("path", [path for path, _ in walk(cli.main)])
def test_every_command_has_a_help_that_is_translated(run: Run, path: str) -> None:
    told = run(*path.split(), "--help").output
    assert "Usage:" in told
    command = dict(walk(cli.main))[path]
    assert command.help
    for parameter in command.params:
        if isinstance(parameter, click.Option) and parameter.name != "help":
            assert isinstance(parameter, base.Option), parameter.name
            assert parameter.help, parameter.name


def test_help_and_words_are_in_the_language_of_the_terminal(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert base.language({"LANG": "fr_CH.UTF-8"}) in {"fr", "en"}
    assert base.language({"LANG": "C.UTF-8"}) == "en"
    assert base.language({}) == "en"
    monkeypatch.setattr(base, "language", lambda _environ: i18n.PSEUDO)
    told = run("doctor", "--help").output
    i18n.speak("en")
    assert "⟦Look whether everything" in told
    assert "⟦Write JSON.⟧" in told


def test_without_a_record_every_command_says_what_to_do(run: Run) -> None:
    for words in (
        ["export"],
        ["snapshot", "list"],
        ["verify", "--ledger"],
        ["user", "list"],
        ["upgrade"],
        ["run"],
    ):
        told = run(*words, code=1).output
        assert "`headway init`" in told, words


@pytest.mark.slow
def test_init_makes_a_record_with_its_administrator(run: Run, home: Path) -> None:
    told = run("init", given=f"ada@example.org\nAda Minister\n{PASSWORD}\n{PASSWORD}\n").output
    assert "Ada Minister can sign in" in told
    assert home.stat().st_mode & 0o777 == 0o700
    engine = open_database(f"sqlite:///{home / 'headway.db'}")
    with reading(engine) as session:
        stored = sign_in.stored_password(session, "ada@example.org")
        accounts = people.listing(session, SYSTEM, now=base.Desk().now())
    engine.dispose()
    assert passwords.check(stored, PASSWORD)
    assert [grant.role.value for grant in accounts[0].grants] == ["administrator"]
    assert "The record is ready" in run("init").output  # again: nobody is asked for
    assert "healthy" in run("doctor").output
    text = run("export", "observations", "--indicator", "G.1.1", "--year", 2024).output
    assert len(text.splitlines()) > 150  # treaty status of the States


def test_a_weak_password_is_refused_with_a_sentence(run: Run, record: Path) -> None:
    told = run(
        "user", "add", "x@example.org", "--name", "X Y", "--password", "short", code=1
    ).output
    assert "at least 12 characters" in told


def test_accounts_are_added_granted_listed_and_closed(run: Run, record: Path) -> None:
    run(
        "user",
        "add",
        "New@Example.org",
        "--name",
        "New Person",
        "--role",
        "coordinator",
        "--area",
        "KEN",
        "--plan",
        PLAN,
        given=f"{PASSWORD}\n{PASSWORD}\n",
    )
    run("user", "grant", "new@example.org", "--role", "reviewer")
    (new,) = [
        one
        for one in json.loads(run("user", "list", "--json").output)
        if one["email"] == "new@example.org"
    ]
    held = {(grant["role"], grant["plan"], grant["area"]) for grant in new["grants"]}
    assert held == {("coordinator", PLAN, "KEN"), ("reviewer", None, None)}
    run("user", "revoke", "new@example.org", "--role", "reviewer")
    assert "coordinator [TINY KEN]" in run("user", "list").output
    assert (
        "no such role"
        in run("user", "revoke", "new@example.org", "--role", "reviewer", code=1).output
    )
    run("user", "password", "new@example.org", "--password", "another long password")
    run("user", "deactivate", "new@example.org")
    assert "New Person (closed)" in run("user", "list").output
    run("user", "activate", "new@example.org")
    told = run("user", "grant", "nobody@example.org", "--role", "viewer", code=1).output
    assert "Nobody has an account" in told


def test_a_lost_second_factor_is_lifted_at_the_terminal(run: Run, record: Path) -> None:
    engine = open_database(f"sqlite:///{record}")
    unit_of_work(
        engine,
        lambda session: session.add(
            SecondFactor(person_id="reviewer", secret="", created_at=NOON, confirmed_at=NOON)
        ),
    )
    engine.dispose()
    told = run("user", "lift", "reviewer@example.org").output
    assert "without a second factor" in told
    again = run("user", "lift", "reviewer@example.org", code=1).output
    assert "no second factor" in again


def test_the_last_administrator_stays(run: Run, record: Path) -> None:
    told = run("user", "deactivate", "administrator@example.org", code=1).output
    assert told.startswith("Error: ")
    assert "administrator" in told


def test_a_file_is_taken_in_and_the_same_again_changes_nothing(
    run: Run, record: Path, tmp_path: Path
) -> None:
    file = tmp_path / "in.csv"
    file.write_text(f"{HEADER}{PERCENT},KEN,2023,55,Ministry\n{PERCENT},KEN,2022,54,Ministry\n")
    dry = run("import", file, "--dry-run", "--json", "--as", "coordinator@example.org")
    told = json.loads(dry.output)
    assert (told["file"], told["plan"], told["is_dry_run"]) == ("in.csv", PLAN, True)
    assert (told["recorded"], told["faults"]) == (0, [])
    assert [(row["period"], row["value"], row["where"]) for row in told["rows"]] == [
        ("2023", "55", {"sheet": "", "cell": "D2", "row": 2}),
        ("2022", "54", {"sheet": "", "cell": "D3", "row": 3}),
    ]
    said = run("import", file, "--as", "coordinator@example.org").output
    assert "2 of 2 rows were sent to review" in said
    assert "0 of 2 rows were sent" in run("import", file).output
    others = run("import", file, "--as", "neighbour@example.org", code=1).output
    assert "do not report for Kenya" in others


def test_faults_of_a_file_are_told_and_nothing_is_changed(
    run: Run, record: Path, tmp_path: Path
) -> None:
    file = tmp_path / "in.csv"
    file.write_text(f"{HEADER}{PERCENT},KEN,2023,155,Ministry\n{PERCENT},XXX,2022,54,Ministry\n")
    told = json.loads(run("import", file, "--json", "--dry-run", code=1).output)
    assert told["recorded"] == 0
    assert [(fault["class"], fault["cell"], fault["row"]) for fault in told["faults"]] == [
        ("above the limit", "D2", 2),
        ("unknown area", "B3", 3),
    ]
    assert all(fault["message"] and fault["remedy"] for fault in told["faults"])
    assert {fault["severity"] for fault in told["faults"]} == {"error"}
    plain = run("import", file, code=1).output
    assert "Nothing was changed" in plain


@pytest.mark.parametrize("what", ["observations", "progress", "aggregates"])
def test_tables_are_given_out_in_every_format(run: Run, record: Path, what: str) -> None:
    rows = list(csv.DictReader(io.StringIO(run("export", what).output)))
    assert rows
    assert {row["is_illustrative"] for row in rows} == {"false"}
    assert all(row["licence"].startswith("CC-BY-4.0") for row in rows)
    told = json.loads(run("export", what, "--format", "json").output)
    assert len(told["rows"]) == len(rows)
    assert run("export", what, "--format", "excel").stdout_bytes.startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize("form", ["sdmx-csv", "sdmx-ml-2.1", "sdmx-ml-3.0", "sdmx-json", "iati"])
def test_observations_leave_in_the_standards(
    run: Run, record: Path, tmp_path: Path, form: str
) -> None:
    out = tmp_path / "out"
    told = run("export", "--format", form, "-o", out).output
    assert "1 rows (" in told
    assert b"2024" in out.read_bytes()
    assert "Only observations" in run("export", "progress", "--format", form, code=1).output


def test_exported_observations_keep_their_digits_and_are_filtered(
    run: Run, record: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.csv"
    told = run("export", "--area", "KEN", "--indicator", PERCENT, "--year", 2024, "-o", out).output
    assert "1 rows (" in told
    (row,) = csv.DictReader(io.StringIO(out.read_text()))
    assert (row["value"], row["m49"]) == ("62.50", "404")
    assert len(run("export", "--as-of", "2026-01-01").output.splitlines()) == 1
    assert (
        len(run("export", "--group", "EAC", "--from", 2020, "--history").output.splitlines()) == 2
    )
    assert len(run("export", "--group", "M49-150").output.splitlines()) == 1
    assert len(run("export", "--by", "none", "--to", 2023).output.splitlines()) == 1
    assert "the first year is after" in run("export", "--from", 2024, "--to", 2020, code=1).output
    assert "is no moment" in run("export", "--as-of", "soon", code=2).output
    assert "No area has the code" in run("export", "--area", "XX9", code=1).output
    assert "There are: TINY" in run("export", "--plan", "NONE", code=1).output


def test_what_was_exported_can_be_taken_in_again(run: Run, record: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    run("export", "-o", out)
    assert "0 of 1 rows" in run("import", out).output


def test_a_snapshot_is_taken_listed_fetched_verified_and_rebuilt(
    run: Run, record: Path, tmp_path: Path
) -> None:
    out = tmp_path / "s.zip"
    told = run("snapshot", "take", "--name", "First", "--as-of", "2026-07-01", "-o", out).output
    identity = told.strip().rpartition("sha256:")[2]
    assert "First: 1 observations as of" in told
    verified = run("verify", out).output.strip()
    assert verified == (
        "VERIFIED: TINY as of 2026-07-01T23:59:59.999999Z, 1 observations, unsigned, "
        f"sha256:{identity}"
    )
    assert identity[:12] in run("snapshot", "list").output
    (listed,) = json.loads(run("snapshot", "list", "--plan", PLAN, "--json").output)
    assert listed["id"] == identity
    assert run("snapshot", "get", identity[:12]).stdout_bytes == out.read_bytes()
    assert "byte for byte" in run("snapshot", "rebuild", identity[:12]).output
    assert "No snapshot has the identity" in run("snapshot", "get", "f" * 12, code=1).output
    refused = run("snapshot", "take", "--name", "x", "--as", "viewer@example.org", code=1)
    assert "evaluators, the secretariat and administrators" in refused.output


def test_verify_needs_no_record_and_ends_with_what_it_found(
    run: Run, record: Path, home: Path, tmp_path: Path
) -> None:
    out = tmp_path / "s.zip"
    run("snapshot", "take", "--name", "First", "-o", out)
    shutil.rmtree(home)
    assert run("verify", out).output.startswith("VERIFIED")
    out.write_bytes(out.read_bytes().replace(b"62.50", b"92.50") + b"x")
    assert "NOT VERIFIED" in run("verify", out, code=1).output
    told = json.loads(run("verify", out, "--json", code=1).output)
    assert told["is_sound"] is False
    out.write_text("hello")
    assert "NOT A SNAPSHOT" in run("verify", out, code=2).output
    assert run("verify", code=2).output
    assert not home.exists()


def test_verify_ledger_finds_an_altered_event(run: Run, record: Path) -> None:
    assert "chains of the audit trail are whole" in run("verify", "--ledger").output
    engine = open_database(f"sqlite:///{record}")
    with engine.execution_options(writes=True).begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER audit_event_refuse_update")
        connection.exec_driver_sql("UPDATE audit_event SET by = 'x' WHERE seq = 1")
    engine.dispose()
    told = run("verify", "--ledger", code=1).output
    assert "was altered after it was written" in told
    assert run("doctor", code=1).output.rstrip().endswith("unhealthy: 1 to mend")


def test_a_backup_is_made_and_brought_back(
    run: Run, record: Path, home: Path, tmp_path: Path
) -> None:
    before = run("export").output
    run("backup", tmp_path / "b.db")
    run("backup", "--portable", tmp_path / "b.zip")
    usual = run("backup").output
    assert str(home / "backups") in usual
    assert "already there" in run("backup", tmp_path / "b.db", code=1).output
    for name in ("b.db", "b.zip"):
        record.unlink()
        told = run("restore", tmp_path / name).output
        assert "rows are back" in told
        assert run("export").output.splitlines()[1][:40] == before.splitlines()[1][:40]
        assert run("doctor").output.rstrip().endswith("healthy")
    assert "has a record in it" in run("restore", tmp_path / "b.db", code=1).output
    run("restore", tmp_path / "b.db", "--replace", given="n\n", code=1)
    told = run("restore", tmp_path / "b.db", "--replace", "--yes").output
    assert "What was there is kept in" in told


def test_doctor_says_healthy_or_what_to_mend(run: Run, record: Path) -> None:
    told = run("doctor").output
    assert told.rstrip().endswith("healthy")
    engine = open_database(f"sqlite:///{record}")
    with engine.execution_options(writes=True).begin() as connection:
        connection.exec_driver_sql("UPDATE current_value SET value = 1")
    engine.dispose()
    assert "✗ derived tables" in run("doctor", code=1).output
    found = json.loads(run("doctor", "--json", code=1).output)
    assert found["is_healthy"] is False
    assert run("doctor", "--rebuild").output.rstrip().endswith("healthy")


def test_doctor_on_nothing_at_all_raises_nothing(run: Run) -> None:
    assert "headway init" in run("doctor", code=1).output


def test_upgrade_leaves_a_current_record_as_it_is(run: Run, record: Path) -> None:
    assert "The record went from" in run("upgrade", "--no-plans").output


def test_a_wrong_setting_is_a_sentence(
    run: Run, record: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEADWAY_PUBLIC", "perhaps")
    assert "HEADWAY_PUBLIC: is 'perhaps'" in run("export", code=1).output


def test_a_database_that_cannot_be_reached_is_a_sentence_without_its_password(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEADWAY_DATABASE", "postgresql+psycopg://me:pw@127.0.0.1:9/none")
    told = run("export", code=1).output
    assert "cannot be reached" in told
    assert "pw@" not in told


def test_a_fault_of_ours_is_noted_in_a_file_and_not_shown(
    run: Run, record: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("inner detail")

    monkeypatch.setattr("dashboard.services.snapshots.listing", broken)
    told = run("snapshot", "list", code=base.OURS_TO_MEND).output
    assert "Something failed that should not" in told
    assert "Traceback" in (home / "log" / "failure.txt").read_text()


def test_a_file_that_cannot_be_written_is_a_sentence(run: Run, record: Path) -> None:
    told = run("export", "-o", "/nowhere/at/all.csv", code=1).output
    assert "No such file or directory" in told


def test_the_terminal_hands_out_links_to_come_in_and_to_a_new_password(
    run: Run, record: Path
) -> None:
    told = run("user", "invite", "n@example.org", "--name", "Nia", "--role", "viewer").output
    assert "/account/welcome/" in told
    assert "/account/reset/" in run("user", "reset", "viewer@example.org").output
