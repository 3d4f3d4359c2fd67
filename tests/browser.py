"""A real browser against the real dashboard: started once a run, on loopback, and watched.

A visit fails when the page asks another host for anything, logs an error or throws one. Set
HEADWAY_SCREENSHOTS to a folder to keep the pictures that tests take.
"""

import contextlib
import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright

from tests.postgres import free_port

ROOT = Path(__file__).parent.parent
PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
APPLICATIONS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
QUIET = ("--disable-background-networking", "--disable-component-update", "--disable-sync")
IDLE = '[data-testid="stApp"][data-test-script-state="notRunning"]'
COLD = 60_000  # milliseconds for a first page on a busy machine
CALM = 4  # looks in a row, a tenth of a second apart, at which no script runs


def program() -> str | None:
    """Return a browser that is on this machine, or None."""
    found = next((path for name in PROGRAMS if (path := shutil.which(name))), None)
    return found or next((path for path in APPLICATIONS if Path(path).exists()), None)


def once(folder: Path, make: Callable[[Path], None]) -> Path:
    """Let the first of several test processes make a folder, and the others wait for it."""
    done, failed = folder / ".done", folder / ".failed"
    try:
        folder.mkdir()
    except FileExistsError:
        while not done.exists():
            if failed.exists():
                pytest.fail(f"{folder.name} could not be made; see the first test that failed")
            time.sleep(0.1)
        return folder
    try:
        make(folder)
    except BaseException:
        failed.touch()
        raise
    done.touch()
    return folder


def headway(*arguments: str) -> list[str]:
    """Return the command line of our own program."""
    return [str(Path(sys.executable).with_name("headway")), *arguments]


def environment(home: Path) -> dict[str, str]:
    """Return the environment for a program with this home and no other setting of ours."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HEADWAY_")}
    return kept | {"HEADWAY_HOME": str(home)}


@contextlib.contextmanager
def serving(home: Path) -> Iterator[str]:
    """Run the dashboard on a free loopback port until the block ends; give its address."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    with (home / "run.log").open("wb") as log:
        process = subprocess.Popen(
            headway("run", "--port", str(port)),
            env=environment(home),
            stdout=log,
            stderr=log,
            cwd=ROOT,
        )
    try:
        _wait_for(process, f"{address}/_stcore/health", home / "run.log")
        yield address
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_for(process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    for _ in range(600):
        if process.poll() is not None:
            break
        with contextlib.suppress(OSError), urllib.request.urlopen(address, timeout=5) as answer:
            if answer.status == 200:
                return
        time.sleep(0.1)
    raise RuntimeError(f"the dashboard did not start:\n{log.read_text()[-4000:]}")


@dataclass
class Visit:
    """One visitor's page, and all that went wrong in it."""

    page: Page
    address: str
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Watch the page from its first request on."""
        self.page.set_default_timeout(COLD)
        self.page.on("request", self._asked)
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.faults.append(f"page error: {error}"))

    def _asked(self, request: Request) -> None:
        host = urlsplit(request.url).hostname
        if host and host != urlsplit(self.address).hostname:
            self.faults.append(f"asked another host: {request.url}")

    def _said(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.faults.append(f"console: {message.text}")

    def open(self, path: str = "/") -> Page:
        """Go to an address of the dashboard and wait until the page is whole."""
        self.page.goto(self.address + path)
        return self.settle()

    def settle(self) -> Page:
        """Wait until no script has run for a while."""
        calm, idle = 0, self.page.locator(IDLE)
        idle.wait_for(state="attached")
        while calm < CALM:
            self.page.wait_for_timeout(100)
            calm = calm + 1 if idle.count() else 0
        return self.page

    def picture(self, name: str) -> None:
        """Keep a picture of the whole page where somebody asked for pictures."""
        folder = os.environ.get("HEADWAY_SCREENSHOTS")
        if not folder:
            return
        Path(folder).mkdir(parents=True, exist_ok=True)
        size = self.page.viewport_size or {"width": 1280, "height": 900}
        main = self.page.locator('[data-testid="stMain"]')
        if main.count():  # it scrolls by itself, so the window has to be as high as it
            height = int(main.evaluate("element => element.scrollHeight"))
            self.page.set_viewport_size({**size, "height": max(size["height"], height)})
            self.settle()
        self.page.screenshot(path=Path(folder) / f"{name}.png")
        self.page.set_viewport_size(size)

    def sign_in(self, email: str, password: str) -> None:
        """Sign in with an account of this installation."""
        self.page.goto(f"{self.address}/account/sign-in")
        self.page.get_by_label("E-mail address").fill(email)
        self.page.get_by_label("Password").fill(password)
        self.page.get_by_role("button", name="Sign in", exact=True).click()
        self.settle()

    def sign_out(self) -> None:
        """Sign out."""
        self.page.goto(f"{self.address}/account/sign-out")
        self.page.get_by_role("button", name="Sign out").click()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start one browser for the run."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program(), args=list(QUIET))
        yield started
        started.close()


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the demonstration database once a run; tests that write copy the folder."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    return once(shared / "demonstration", _demonstrate)


def _demonstrate(home: Path) -> None:
    command = headway("demo")
    done = subprocess.run(
        command, env=environment(home), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-4000:]


@pytest.fixture
def home(demonstration: Path, tmp_path: Path) -> Path:
    """Give a home of one's own with the demonstration database."""
    return shutil.copytree(demonstration, tmp_path / "home")


@pytest.fixture
def dashboard(home: Path) -> Iterator[str]:
    """Run the dashboard on a copy of the demonstration database; give its address."""
    with serving(home) as address:
        yield address


@pytest.fixture
def visit(browser: Browser, dashboard: str) -> Iterator[Visit]:
    """Give a visitor with a fresh browser profile; what went wrong in the page fails the test."""
    with browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB") as context:
        visitor = Visit(context.new_page(), dashboard)
        yield visitor
        assert not visitor.faults, "\n".join(visitor.faults)
