"""A program for tests to kill: sends and accepts one figure after another, without end.

`python -m tests.writer URL` prints the public name of a figure and its value once the database has
said that it is kept.
"""

import itertools
import sys
from datetime import timedelta
from uuid import uuid4

from sqlmodel import Session

from dashboard.services import access, observations, review
from dashboard.services.lookup import Ref
from models import open_database, unit_of_work
from tests.tiny import NOON, PLAN, draft


def main(url: str) -> None:
    """Write for ever."""
    engine = open_database(url)
    for number in itertools.count():

        def work(session: Session, number: int = number) -> Ref:
            now = NOON + timedelta(minutes=number)
            sender = access.identity(session, "coordinator", now=now)
            judge = access.identity(session, "reviewer", now=now)
            sent = draft(period=str(2000 + number % 25), value=str(number % 100))
            token = uuid4().hex
            ref = observations.submit(session, sender, sent, plan=PLAN, token=token, now=now)
            return review.accept(session, judge, ref, plan=PLAN, now=now)

        print(unit_of_work(engine, work), number % 100, flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
