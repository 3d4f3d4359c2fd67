"""Writers of one process share their commits on SQLite, which has one writer at a time anyway.

Whoever comes while another commits waits in a line; the next to hold the pen carries out the work
of all that wait, each within a savepoint of its own, and makes it durable with one commit. Work
that raises undoes itself alone. Nobody is answered before the commit is on disk.
"""

import contextvars
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy.engine import Engine
from sqlmodel import Session

BATCH: Final = 64
"""Works that share a commit at most, so that nobody waits long for the others of their batch."""


@dataclass
class _Job:
    """Work that waits for the pen, and what came of it."""

    work: Callable[[Session], Any]
    context: contextvars.Context
    is_done: bool = False
    result: Any = None
    error: BaseException | None = None


@dataclass
class Line:
    """The writers of one database in this process."""

    engine: Engine
    pen: threading.Lock = field(default_factory=threading.Lock)
    waiting: deque[_Job] = field(default_factory=deque)

    def write(self, work: Callable[[Session], Any]) -> Any:
        """Carry the work out, alone or with others, and return its result once it is durable."""
        job = _Job(work, contextvars.copy_context())
        self.waiting.append(job)
        with self.pen:
            while not job.is_done:
                self._carry_out([self.waiting.popleft() for _ in range(self._next())])
        if job.error is not None:
            raise job.error
        return job.result

    def _next(self) -> int:
        return min(len(self.waiting), BATCH)

    def _carry_out(self, jobs: list[_Job]) -> None:
        try:
            if len(jobs) == 1:
                self._alone(jobs[0])
            else:
                self._together(jobs)
        except BaseException as error:
            for job in jobs:
                job.error = job.error or error
            if not isinstance(error, Exception):
                raise
        finally:
            for job in jobs:
                job.is_done = True

    def _alone(self, job: _Job) -> None:
        with Session(self.engine, expire_on_commit=False) as session:
            job.result = job.context.run(job.work, session)
            session.commit()

    def _together(self, jobs: list[_Job]) -> None:
        with self.engine.connect() as connection, connection.begin():
            for job in jobs:
                with Session(
                    connection,
                    expire_on_commit=False,
                    join_transaction_mode="create_savepoint",
                ) as session:
                    try:
                        job.result = job.context.run(job.work, session)
                        session.commit()
                    except Exception as error:
                        job.error = error
