"""SDMX REST: structures, figures and what there are figures for, as statistical clients ask.

Addresses below `/v1` speak version 1.5 (SDMX 2.1), those below `/v2` version 2.2 (SDMX 3.0); both
read the record as it is, or with `asOf` as it was. What pages may show is given, and no more.
"""

import json
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import chain
from typing import Any, Final
from xml.sax.saxutils import escape

import pandas as pd
from sqlalchemy.engine import Engine
from sqlmodel import Session, select
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from dashboard import __version__
from dashboard.api import sdmx_asked, sdmx_forms
from dashboard.api.answers import Desk, knows, takes_gzip
from dashboard.api.sdmx_asked import EVERY, AskedData, AskedStructure, Refused
from dashboard.exchange.about import Meta
from dashboard.exchange.sdmx import (
    artefacts,
    columns,
    delimited,
    markup,
    model,
    notation,
    structures,
    structures_json,
)
from dashboard.exchange.sdmx.artefacts import Available, Chosen
from dashboard.exchange.sdmx.columns import Columns
from dashboard.exchange.sdmx.model import Structure
from dashboard.services import plans, reads, standards
from dashboard.services.standards import Asked
from dashboard.settings import Settings
from models import Cell, HeadwayError, NotAllowed, NotFound, SignInNeeded, reading

MOST: Final = 3_000_000
"""Observations that one answer may hold; CSV, which any client reads fast, may hold more."""
CODES: Final = {404: 100, 401: 110, 403: 110, 413: 130, 400: 140, 406: 140, 501: 501, 503: 503}
"""The numbers of SDMX for what went wrong."""
VERSIONS: Final = {"v1": 1, "v2": 2}
SERIES: Final = ["area", "indicator", "cell"]


@dataclass(frozen=True)
class Flow:
    """A dataflow: of which plan, in which structure, of which kind of figures."""

    plan: str
    structure: Structure
    kind: str


def make_app(
    engine: Callable[[], Engine],
    settings: Settings,
    *,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    most: int = MOST,
) -> ASGIApp:
    """Return the service as an ASGI app with addresses below `/v1` and `/v2`."""
    return Service(Desk(settings=settings, engine=engine, now=now), most)


class Service:
    """Answers addresses, or says why not."""

    def __init__(self, desk: Desk, most: int) -> None:
        self.desk, self.most = desk, most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        request = Request(scope, receive)
        try:
            answer = await run_in_threadpool(self.answer, request)
        except Refused as error:
            answer = refusal(request, error.status, error.sentence)
        except NotFound as error:
            answer = refusal(request, 404, str(error))
        except SignInNeeded as error:
            answer = refusal(request, 401, str(error))
        except NotAllowed as error:
            answer = refusal(request, 403, str(error))
        except HeadwayError as error:
            answer = refusal(request, 400, str(error))
        await answer(scope, receive, send)

    def answer(self, request: Request) -> Response:
        """Return the answer to a request."""
        if request.method not in {"GET", "HEAD"}:
            return Response(status_code=405, headers={"Allow": "GET, HEAD"})
        root = str(request.scope.get("root_path", ""))
        raw = request.scope.get("raw_path") or request.scope["path"].encode()
        path = raw.decode("latin-1").split("?")[0].removeprefix(root)
        first, *pieces = sdmx_asked.parts(path)
        if first not in VERSIONS or not pieces:
            raise Refused(404, "Addresses begin with v1/ (SDMX 2.1) or v2/ (SDMX 3.0).")
        version, said = VERSIONS[first], sdmx_asked.query(request.scope["query_string"])
        word, rest = pieces[0], pieces[1:]
        if word == "data":
            return self.data(request, sdmx_asked.data(version, rest, said), said)
        if word in {"availableconstraint", "availability"}:
            return self.available(request, sdmx_asked.data(version, rest, said), said)
        if version == 2:
            if word != "structure":
                raise Refused(501 if word in sdmx_asked.LACKED else 404, f"There is no {word!r}.")
            pieces = rest or [""]
        return self.structures(request, sdmx_asked.structure(version, pieces, said), said)

    # What all have in common --------------------------------------------------------------

    def _structures(self, session: Session, request: Request) -> dict[str, Structure]:
        """Return the structures of all plans that the asker may read, by the code of the plan."""
        self.desk.admit(session, request, None)
        key = ("structures", reads.version(session))

        def make() -> dict[str, Structure]:
            return {
                plan.code: standards.structure(
                    session,
                    plan.code,
                    publisher=self.desk.settings.agency,
                    now=self.desk.now(),
                )
                for plan in plans.listing(session)
            }

        found: dict[str, Structure] = self.desk.kept.get(key, make)
        return found

    def _headers(self, session: Session, form: str) -> dict[str, str]:
        tag = f'W/"{reads.version(session)}-{form}-{__version__}"'
        headers = self.desk.headers(tag)
        return {**headers, "Vary": f"{headers['Vary']}, Accept"}

    # Structures ---------------------------------------------------------------------------

    def structures(self, request: Request, asked: AskedStructure, said: dict[str, str]) -> Response:
        """Answer with artefacts."""
        form = sdmx_forms.chosen(
            asked.version,
            said.get("format", ""),
            request.headers.get("accept", ""),
            sdmx_forms.STRUCTURE,
        )
        with reading(self.desk.engine()) as session:
            every = self._structures(session, request)
            headers = self._headers(session, form)
        if knows(request, headers["ETag"]):
            return Response(status_code=304, headers=headers)
        found = [
            artefacts.chosen(one, asked.kinds, asked.ids, asked.references)
            for one in every.values()
            if _is_agency(asked.agency, one) and _is_version(asked.number, one)
        ]
        chosen = [one for one in found if not one.is_empty]
        if not chosen:
            raise Refused(404, "Nothing here has that agency, identifier and version.")
        return self._sent(request, self._structure(chosen, form, None), form, headers)

    def _structure(self, chosen: list[Chosen], form: str, available: Available | None) -> bytes:
        if form == "json-2.0":
            return structures_json.write(chosen, prepared=self.desk.now(), available=available)
        number = form.removeprefix("ml-")
        return structures.write(
            chosen, version=number, prepared=self.desk.now(), available=available
        )

    def _sent(self, request: Request, body: bytes, form: str, headers: dict[str, str]) -> Response:
        if takes_gzip(request.headers.get("accept-encoding", "")):
            packer = zlib.compressobj(5, zlib.DEFLATED, 31)
            body = packer.compress(body) + packer.flush()
            headers = {**headers, "Content-Encoding": "gzip"}
        length = {**headers, "Content-Length": str(len(body))}
        content = b"" if request.method == "HEAD" else body
        return Response(content, headers=length, media_type=sdmx_forms.STRUCTURE[form])

    # Figures ------------------------------------------------------------------------------

    def data(self, request: Request, asked: AskedData, said: dict[str, str]) -> Response:
        """Answer with figures, as they are read."""
        form = sdmx_forms.chosen(
            asked.version,
            said.get("format", ""),
            request.headers.get("accept", ""),
            sdmx_forms.DATA,
        )
        if asked.detail in {"serieskeysonly", "nodata"} and not form.startswith("ml"):
            raise Refused(501, "Series without observations are told in SDMX-ML only.")
        with ExitStack() as stack:
            session = stack.enter_context(reading(self.desk.engine()))
            flow = self._flow(session, request, asked)
            headers = self._headers(session, form)
            if knows(request, headers["ETag"]):
                return Response(status_code=304, headers=headers)
            chunks = self._chunks(session, flow, asked)
            first = next(chunks, None)
            if first is None:
                if asked.version == 2:
                    return Response(status_code=204, headers=headers)
                raise Refused(404, "There are no figures for that question.")
            meta = standards.meta(
                session,
                Asked(flow.plan, as_of=asked.as_of),
                publisher=self.desk.settings.agency,
                now=self.desk.now(),
            )
            body = _message(chain([first], chunks), flow, meta, form, asked)
            media = sdmx_forms.DATA[form]
            name = f"{flow.structure.id}{flow.kind}.{form.split('-')[0].replace('ml', 'xml')}"
            headers["Content-Disposition"] = f'inline; filename="{name}"'
            if request.method == "HEAD":
                answer = Response(headers=headers, media_type=media)
                del answer.headers["content-length"]  # how long it is, only writing it would tell
                return answer
            packs = takes_gzip(request.headers.get("accept-encoding", ""))
            if packs:
                headers["Content-Encoding"] = "gzip"
            held = stack.pop_all()
        return StreamingResponse(
            _closing(_packed(body) if packs else body, held), headers=headers, media_type=media
        )

    def _flow(self, session: Session, request: Request, asked: AskedData) -> Flow:
        for plan, one in self._structures(session, request).items():
            for kind in standards.KINDS:
                is_named = asked.flow == f"{one.id}{kind}"
                if is_named and _is_agency(asked.agency, one) and _is_version(asked.number, one):
                    return Flow(plan, one, kind)
        raise Refused(404, f"There is no dataflow {asked.flow!r} of that agency and version.")

    def _chunks(self, session: Session, flow: Flow, asked: AskedData) -> Iterator[Columns]:
        """Yield what is asked for, ready to be written."""
        keys: Iterable[tuple[frozenset[str], ...] | None] = asked.keys or (None,)
        found: Iterator[Columns] = chain.from_iterable(
            self._of_key(session, flow, asked, key) for key in keys
        )
        if asked.offset or asked.limit is not None:
            found = _part(found, asked.offset, asked.limit)
        if not asked.with_history and asked.limit is None:
            found = self._bounded(found)
        return found

    def _bounded(self, chunks: Iterable[Columns]) -> Iterator[Columns]:
        n = 0
        for chunk in chunks:
            n += columns.height(chunk)
            if n > self.most:
                raise Refused(413, f"More than {self.most} observations: ask for a part of them.")
            yield chunk

    def _of_key(
        self,
        session: Session,
        flow: Flow,
        asked: AskedData,
        key: tuple[frozenset[str], ...] | None,
    ) -> Iterator[Columns]:
        s = flow.structure
        tests: dict[str, list[sdmx_asked.Test]] = {
            name: list(some) for name, some in asked.tests.items()
        }
        for name, codes in zip(model.KEY, key or (), strict=False):
            if codes:
                tests.setdefault(name, []).append(codes.__contains__)
        for text, operator in ((asked.start, "ge"), (asked.end, "le")):
            if text:
                tests.setdefault(model.TIME, []).append(sdmx_asked.time(operator, text))
        wanted = self._narrowed(session, flow, asked, tests)
        if wanted is None:
            return
        rows = standards.figures(session, wanted, set(s.series))
        if asked.updated_after is not None:
            rows = _updated(rows, asked.updated_after)
        for chunk in _trimmed(rows, asked, s, tests):
            if columns.height(chunk):
                yield chunk

    def _narrowed(
        self,
        session: Session,
        flow: Flow,
        asked: AskedData,
        tests: dict[str, list[sdmx_asked.Test]],
    ) -> Asked | None:
        """Return the question in the codes of the record; none where nothing can answer it."""
        s = flow.structure

        def passes(name: str, code: str) -> bool:
            return all(test(code) for test in tests.get(name, ()))

        wanted = Asked(flow.plan, flow.kind, as_of=asked.as_of, with_history=asked.with_history)
        if "SERIES" in tests:
            found = tuple(our for our, code in s.series.items() if passes("SERIES", code))
            wanted = replace(wanted, indicators=found)
        if {"REF_AREA", "REPORTING_TYPE"} & set(tests):
            places = tuple(
                our
                for our, area in s.areas.items()
                if passes("REF_AREA", area.code) and passes("REPORTING_TYPE", area.reporting)
            )
            if flow.kind != standards.ACTUAL and passes("REF_AREA", model.EACH):
                places = (*places, model.EACH)
            wanted = replace(wanted, areas=places)
        if set(model.KEY[4:]) & set(tests):
            cells = tuple(
                cell
                for cell in session.exec(select(Cell.code))
                if all(
                    passes(name, model.split(cell).get(name, model.TOTAL)) for name in model.KEY[4:]
                )
            )
            wanted = replace(wanted, cells=cells)
        is_empty = (
            ("SERIES" in tests and not wanted.indicators)
            or ({"REF_AREA", "REPORTING_TYPE"} & set(tests) and not wanted.areas)
            or (set(model.KEY[4:]) & set(tests) and not wanted.cells)
        )
        if asked.start or asked.end:
            first = int(sdmx_asked.span(asked.start)[0][:4]) - 9 if asked.start else 0
            last = int(sdmx_asked.span(asked.end)[1][:4]) if asked.end else 9999
            wanted = replace(wanted, years=(first, last))
        return None if is_empty else wanted

    # Availability -------------------------------------------------------------------------

    def available(self, request: Request, asked: AskedData, said: dict[str, str]) -> Response:
        """Answer with the codes that there are figures for."""
        form = sdmx_forms.chosen(
            asked.version,
            said.get("format", ""),
            request.headers.get("accept", ""),
            sdmx_forms.STRUCTURE,
        )
        components = [] if asked.component in EVERY else split(asked.component)
        for name in components:
            if name not in {*model.KEY, model.TIME}:
                raise Refused(400, f"The key has no component {name!r}.")
        with reading(self.desk.engine()) as session:
            flow = self._flow(session, request, asked)
            headers = self._headers(session, form)
            if knows(request, headers["ETag"]):
                return Response(status_code=304, headers=headers)
            available = _available(self._chunks(session, flow, asked), flow, components)
        references = said.get("references", "none").lower()
        chosen = (
            Chosen(flow.structure)
            if references == "none"
            else artefacts.chosen(
                flow.structure,
                ("dataflow",),
                frozenset({available.flow}),
                "all" if references == "all" else "descendants",
            )
        )
        return self._sent(request, self._structure([chosen], form, available), form, headers)


def split(text: str) -> list[str]:
    """Return the components of an address, divided by commas or plus signs."""
    return [one for one in text.replace("+", ",").split(",") if one]


def _available(chunks: Iterable[Columns], flow: Flow, components: list[str]) -> Available:
    codes: dict[str, set[str]] = {name: set() for name in model.KEY}
    periods: set[str] = set()
    n = series = 0
    for chunk in chunks:
        n += columns.height(chunk)
        series += len(columns.changes(chunk))
        for name in (*model.KEY, model.TIME):
            used = {chunk[name].texts[at] for at in chunk[name].codes.unique().to_pylist()}
            (periods if name == model.TIME else codes[name]).update(used)
    if not n:
        raise Refused(404, "There are no figures for that question.")
    shown = components or [*model.KEY, model.TIME]
    return Available(
        f"{flow.structure.id}{flow.kind}",
        {name: sorted(found) for name, found in codes.items() if name in shown},
        (min(periods)[:4], max(periods)[:4]) if model.TIME in shown else None,
        n,
        series,
    )


def _is_agency(text: str, structure: Structure) -> bool:
    return text in EVERY or structure.agency in split(text)


def _is_version(text: str, structure: Structure) -> bool:
    return text in EVERY or text.rstrip("+") in {structure.version, structure.short}


def _updated(rows: Iterator[pd.DataFrame], after: datetime) -> Iterator[pd.DataFrame]:
    for chunk in rows:
        yield chunk[chunk["accepted_at"] > after]


def _trimmed(
    rows: Iterator[pd.DataFrame],
    asked: AskedData,
    structure: Structure,
    tests: dict[str, list[sdmx_asked.Test]],
) -> Iterator[Columns]:
    """Yield the rows that pass, with only the first or last few of each series if so asked."""
    n = asked.first if asked.first is not None else asked.last

    def ready(chunk: pd.DataFrame) -> Columns:
        return columns.kept(columns.shaped(chunk, structure), tests)

    if n is None:
        for chunk in rows:
            if len(chunk):
                yield ready(_plain(chunk, asked))
        return
    carried = pd.DataFrame()
    for chunk in rows:
        both = pd.concat([carried, _passing(chunk, structure, tests)], ignore_index=True)
        if both.empty:
            continue
        same = (both[SERIES] == both[SERIES].iloc[-1]).all(axis=1)
        carried, done = both[same], both[~same]
        if len(done):
            yield ready(_plain(_ends(done, asked, n), asked))
    if len(carried):
        yield ready(_plain(_ends(carried, asked, n), asked))


def _passing(
    chunk: pd.DataFrame, structure: Structure, tests: dict[str, list[sdmx_asked.Test]]
) -> pd.DataFrame:
    """Return the rows that pass, still as rows: the last few are those of what is asked for."""
    if chunk.empty:
        return chunk
    return chunk[columns.passing(columns.shaped(chunk, structure), tests)]


def _ends(chunk: pd.DataFrame, asked: AskedData, n: int) -> pd.DataFrame:
    groups = chunk.groupby(SERIES, sort=False)
    return groups.head(n) if asked.first is not None else groups.tail(n)


def _plain(chunk: pd.DataFrame, asked: AskedData) -> pd.DataFrame:
    """Return rows without what describes them, where only the values are wanted."""
    if asked.detail != "dataonly":
        return chunk
    never = pd.Series(pd.NaT, index=chunk.index, dtype="datetime64[us, UTC]")
    return chunk.assign(source="", note="", missing_reason="", nature="", accepted_at=never)


def _part(chunks: Iterable[Columns], offset: int, limit: int | None) -> Iterator[Columns]:
    left = limit
    for chunk in chunks:
        n = columns.height(chunk)
        if offset >= n:
            offset -= n
            continue
        end = n if left is None else min(n, offset + left)
        yield columns.part(chunk, offset, end)
        if left is not None:
            left -= end - offset
            if left <= 0:
                return
        offset = 0


def _message(
    chunks: Iterable[Columns], flow: Flow, meta: Meta, form: str, asked: AskedData
) -> Iterator[bytes]:
    name = f"{flow.structure.id}{flow.kind}"
    kind, _, number = form.partition("-")
    if kind == "csv":
        return delimited.message(chunks, flow.structure, meta, flow=name, version=number)
    if kind == "json":
        return notation.message(chunks, flow.structure, meta, flow=name)
    return markup.message(
        chunks,
        flow.structure,
        meta,
        flow=name,
        version=number,
        with_history=asked.with_history,
        keys_only=asked.detail in {"serieskeysonly", "nodata"},
    )


def _packed(body: Iterable[bytes]) -> Iterator[bytes]:
    packer = zlib.compressobj(5, zlib.DEFLATED, 31)
    for part in body:
        if packed := packer.compress(part):
            yield packed
    yield packer.flush()


def _closing(body: Iterable[bytes], held: ExitStack) -> Iterator[bytes]:
    with held:
        yield from body


def refusal(request: Request, status: int, sentence: str) -> Response:
    """Return what went wrong, as SDMX says it."""
    number = CODES.get(status, 500)
    headers = {"Cache-Control": "no-store"}
    if "json" in request.headers.get("accept", ""):
        told: Any = {"errors": [{"code": number, "title": sentence}]}
        return Response(json.dumps(told), status, headers=headers, media_type="application/json")
    space = f"{markup.SCHEMAS}v2_1"
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<mes:Error xmlns:mes="{space}/message" xmlns:com="{space}/common">\n'
        f'<mes:ErrorMessage code="{number}"><com:Text xml:lang="en">{escape(sentence)}</com:Text>'
        "</mes:ErrorMessage>\n</mes:Error>\n"
    )
    return Response(
        body, status, headers=headers, media_type="application/vnd.sdmx.error+xml;version=2.1"
    )
