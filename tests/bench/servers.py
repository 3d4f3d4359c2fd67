"""Servers to measure: ours on the demonstration database, and an empty Streamlit page."""

import contextlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.bench.client import Visitor
from tests.browser import environment
from tests.postgres import free_port

ROOT = Path(__file__).parents[2]
EMPTY = Path(__file__).with_name("empty_page.py")
PLAIN = ("--server.headless", "true", "--browser.gatherUsageStats", "false")
OURS = ("--runner.postScriptGC", "false", "--server.fileWatcherType", "none")
"""The settings of ours that make a run cheaper, for an empty page that has them too."""


@dataclass(frozen=True)
class Served:
    """A running server and how long its first full page took, in seconds."""

    port: int
    process: psutil.Process
    first_page: float

    def cpu(self) -> float:
        """Return the processor seconds the server has used so far."""
        family = [self.process, *self.process.children(recursive=True)]
        return sum(sum(one.cpu_times()[:2]) for one in family)


def headway(port: int) -> list[str]:
    """Return the command that serves our dashboard."""
    return [str(Path(sys.executable).with_name("headway")), "run", "--port", str(port)]


def script(file: Path, port: int, *more: str) -> list[str]:
    """Return the command that serves a script with Streamlit as it comes."""
    run = [sys.executable, "-m", "streamlit", "run", str(file), "--server.port", str(port)]
    return [*run, "--server.address", "127.0.0.1", *PLAIN, *more]


def empty(port: int) -> list[str]:
    """Return the command that serves an empty page."""
    return script(EMPTY, port)


def tuned(port: int) -> list[str]:
    """Return the command that serves an empty page with our settings."""
    return script(EMPTY, port, *OURS)


@contextlib.contextmanager
def served(command: list[str], port: int, home: Path) -> Iterator[Served]:
    """Start a server, open its first page, and stop it at the end."""
    with tempfile.TemporaryFile() as log, tempfile.TemporaryDirectory() as nowhere:
        # Ours reads the theme from the folder it is started in; an empty page has none.
        place = ROOT if "headway" in Path(command[0]).name else nowhere
        start = time.perf_counter()
        started = subprocess.Popen(
            command, env=environment(home), stdout=log, stderr=log, cwd=place
        )
        try:
            _first_page(started, port)
            yield Served(port, psutil.Process(started.pid), time.perf_counter() - start)
        except BaseException:
            log.seek(0)
            sys.stderr.write(log.read().decode(errors="replace")[-4000:])
            raise
        finally:
            started.terminate()
            try:
                started.wait(timeout=20)
            except subprocess.TimeoutExpired:
                started.kill()
                started.wait()


def _first_page(started: subprocess.Popen[bytes], port: int) -> None:
    while True:
        try:
            with Visitor(port) as visitor:
                visitor.run()
            return
        except OSError:
            if started.poll() is not None:
                raise RuntimeError("the server did not start") from None
            time.sleep(0.005)


def demonstration(folder: Path) -> Path:
    """Make the demonstration database, or take the one HEADWAY_BENCH_HOME names."""
    ready = os.environ.get("HEADWAY_BENCH_HOME")
    if ready:
        return Path(ready)
    command = [str(Path(sys.executable).with_name("headway")), "demo"]
    subprocess.run(command, env=environment(folder), check=True, capture_output=True)
    return folder


__all__ = ["Served", "demonstration", "empty", "free_port", "headway", "script", "served", "tuned"]
