"""Snapshots for programs: the list, what each is, and its file at an address that never changes."""

import re
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from dashboard.api import shapes
from dashboard.api.answers import Desk, Found, knows
from dashboard.api.asked import PROBLEMS, as_of
from dashboard.exchange.about import moment
from dashboard.services import snapshots
from models import Snapshot, reading

RANGE: Final = re.compile(r"bytes=([0-9]{0,19})-([0-9]{0,19})")
"""One range of bytes. What is longer than any file, or asks for several, gets the whole file."""
ZIP: Final = "application/zip"


def router(desk: Desk) -> APIRouter:
    """Return the resources of snapshots, answered at this desk."""
    made = APIRouter(responses=PROBLEMS, tags=["snapshots"])

    @made.get("/snapshots", response_model=shapes.Envelope[list[shapes.SnapshotRow]])
    def every(request: Request, asked: Annotated[shapes.SnapshotsAsked, Query()]) -> Response:
        """List the snapshots, the newest moment first."""
        known = as_of(asked.as_of)

        def find(session: Session) -> Found:
            rows = [
                _row(one, request)
                for one in snapshots.listing(session, asked.plan)
                if known is None or one.taken_at <= known
            ]
            return Found(rows, asked.plan, known, is_illustrative=_any_pretend(rows))

        return desk.answer(
            request, find, plan=asked.plan, fields=asked.fields, of=shapes.SnapshotRow
        )

    @made.get(
        "/snapshots/{identity}.zip",
        response_class=Response,
        responses={
            200: {"content": {ZIP: {}}, "description": "The file; its bytes never change"},
            206: {"content": {ZIP: {}}, "description": "A part of it"},
        },
    )
    def file(request: Request, identity: str) -> Response:
        """Hand out a snapshot's file: a Data Package in a zip."""
        with reading(desk.engine()) as session:
            found = snapshots.get(session, identity)
            desk.admit(session, request, found.plan_code)
            tag = f'"{found.digest}"'
            headers = _file_headers(desk, found, tag)
            if knows(request, tag):
                return Response(status_code=304, headers=headers)
            content = snapshots.content(session, found.id)
        return _sent(request, content, headers, tag)

    @made.get("/snapshots/{identity}", response_model=shapes.Envelope[shapes.SnapshotRow])
    def one(request: Request, identity: str) -> Response:
        """Tell about a snapshot."""

        def find(session: Session) -> Found:
            found = snapshots.get(session, identity)
            desk.admit(session, request, found.plan_code)
            row = _row(found, request)
            return Found(row, found.plan_code, found.as_of, is_illustrative=found.is_illustrative)

        return desk.answer(request, find)

    return made


def _any_pretend(rows: list[dict[str, Any]]) -> bool:
    return any(row["is_illustrative"] for row in rows)


def _row(found: Snapshot, request: Request) -> dict[str, Any]:
    root = request.scope.get("root_path", "")
    return {
        "id": found.id,
        "plan": found.plan_code,
        "name": found.name,
        "as_of": moment(found.as_of),
        "taken_at": moment(found.taken_at),
        "file_name": found.file_name,
        "address": f"{root}/v1/snapshots/{found.id}.zip",
        "sha256": found.digest,
        "bytes": found.size,
        "observations": found.observations,
        "is_illustrative": found.is_illustrative,
    }


def _file_headers(desk: Desk, found: Snapshot, tag: str) -> dict[str, str]:
    reach = "public" if desk.settings.is_public else "private"
    return {
        "ETag": tag,
        "Cache-Control": f"{reach}, max-age=31536000, immutable",
        "Accept-Ranges": "bytes",
        "Content-Disposition": f'attachment; filename="{found.file_name}"',
        "Last-Modified": found.taken_at.strftime("%a, %d %b %Y %H:%M:%S GMT"),
        **desk.shared(),
    }


def _sent(request: Request, content: bytes, headers: dict[str, str], tag: str) -> Response:
    """Return the whole file, or the part that was asked for."""
    wanted = RANGE.fullmatch(request.headers.get("range", "").replace(" ", ""))
    is_current = request.headers.get("if-range", tag) == tag
    if wanted is None or wanted[0] == "bytes=-" or not is_current:
        return Response(content, headers=headers, media_type=ZIP)
    size = len(content)
    if wanted[1]:
        first, last = int(wanted[1]), min(int(wanted[2] or size - 1), size - 1)
    else:
        first, last = max(size - int(wanted[2]), 0), size - 1
    if first > last:
        return Response(status_code=416, headers={"Content-Range": f"bytes */{size}"})
    part = {**headers, "Content-Range": f"bytes {first}-{last}/{size}"}
    return Response(content[first : last + 1], status_code=206, headers=part, media_type=ZIP)
