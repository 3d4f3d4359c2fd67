"""Provides what the tests need of the machine: a browser, and PostgreSQL where it can be had.

Run by `make test`. As root on Debian it installs both; elsewhere it takes what is there, or
Playwright's own browser, and says in a sentence what will be left out.
"""

import os
import shutil
import subprocess
import sys

from tests import browser, postgres

NO_BROWSER = (
    "The tests need a browser and none could be had: install Chromium or Chrome, or let "
    "`.venv/bin/playwright install chromium` fetch one, and run `make test` again."
)
NO_DRIVER = (
    "Playwright, which drives the browser, does not start on this machine: install the library "
    "libatomic (on Debian: apt-get install libatomic1) and run `make test` again."
)
PLAYWRIGHT = [sys.executable, "-m", "playwright"]


def drives() -> bool:
    """Say whether Playwright starts; its own Node needs a library that bare systems lack."""
    return (
        subprocess.run([*PLAYWRIGHT, "--version"], capture_output=True, check=False).returncode == 0
    )


def lacking() -> list[str]:
    """Return the Debian packages whose programs are not on this machine."""
    there = {
        "chromium": browser.program() is not None,
        "libatomic1": drives(),
        "postgresql": postgres.programs() is not None,
    }
    return [package for package, is_there in there.items() if not is_there]


def install(packages: list[str]) -> None:
    """Install Debian packages, without a word unless it fails."""
    print(f"Installing {' and '.join(packages)} for the tests")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    get = ["apt-get", "-qq", "-o", "Dpkg::Use-Pty=0"]
    for command in (
        [*get, "update"],
        [*get, "install", "-y", "--no-install-recommends", *packages],
    ):
        done = subprocess.run(command, env=quiet, capture_output=True, text=True, check=False)
        if done.returncode:
            print(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}", file=sys.stderr)
            return


def main() -> int:
    """Provide what can be provided; return 1 where no browser can be driven."""
    packages = lacking()
    if packages and os.geteuid() == 0 and shutil.which("apt-get"):
        install(packages)
        packages = lacking()
    if "libatomic1" in packages:
        print(NO_DRIVER, file=sys.stderr)
        return 1
    if "chromium" in packages:
        fetched = subprocess.run([*PLAYWRIGHT, "install", "chromium"], check=False)
        if fetched.returncode:
            print(NO_BROWSER, file=sys.stderr)
            return 1
    if "postgresql" in packages:
        print(f"Left out: {postgres.MISSING}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
