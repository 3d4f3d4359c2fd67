"""Asking the interface: pages, what is known already, patience, and refusals as sentences."""

import time
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from typing import Any, Final

import httpx2

KEPT: Final = 64
"""Answers that are kept, to be asked for again only if they changed."""
TRIES: Final = 4
LONGEST: Final = 90.0
"""Seconds that are waited for an interface that asks for patience."""
WAIT: Final = frozenset({429, 503})

Query = Mapping[str, Any]


class Refused(Exception):
    """The interface refused, and says why; `faults` names each place and what to mend there."""

    def __init__(self, status: int, detail: str, faults: list[dict[str, str]]) -> None:
        self.status = status
        self.detail = detail
        self.faults = faults
        super().__init__(f"{status}: {detail}")


class Wire:
    """One interface, asked with one token or with none."""

    def __init__(self, url: str, token: str | None, timeout: float) -> None:
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        base = f"{url.rstrip('/').removesuffix('/api')}/api/v1/"
        self.http = httpx2.Client(
            base_url=base, headers=headers, timeout=timeout, follow_redirects=True
        )
        self.kept: OrderedDict[str, tuple[str, dict[str, Any]]] = OrderedDict()

    def get(self, address: str, query: Query) -> dict[str, Any]:
        """Return an answer; one that has not changed is not sent again."""
        asked = {name: value for name, value in query.items() if value not in (None, [], "")}
        request = self.http.build_request("GET", address, params=asked or None)
        held = self.kept.get(str(request.url))
        if held is not None:
            request.headers["If-None-Match"] = held[0]
        answer = self.send(request)
        if answer.status_code == 304 and held is not None:
            return held[1]
        said: dict[str, Any] = answer.json()
        if "etag" in answer.headers:
            self.kept[str(request.url)] = (answer.headers["etag"], said)
            while len(self.kept) > KEPT:
                self.kept.popitem(last=False)
        return said

    def pages(self, address: str, query: Query) -> Iterator[dict[str, Any]]:
        """Yield an answer page by page."""
        cursor: str | None = ""
        while cursor is not None:
            said = self.get(address, {**query, "cursor": cursor})
            cursor = said["next"]
            yield said

    def post(self, address: str, body: Any, key: str) -> dict[str, Any]:
        """Send something with its key: sent again, it counts once."""
        headers = {"Idempotency-Key": key}
        answer = self.send(self.http.build_request("POST", address, json=body, headers=headers))
        said: dict[str, Any] = answer.json()
        return said

    def send(self, request: httpx2.Request, *, stream: bool = False) -> httpx2.Response:
        """Send a request, wait where that is asked for, and raise `Refused` where it is refused.

        Every request can be sent again: a reading changes nothing, and a writing has its key.
        """
        for attempt in range(1, TRIES + 1):
            try:
                answer = self.http.send(request, stream=stream)
            except httpx2.TransportError as error:
                if attempt == TRIES:
                    where = self.http.base_url.host
                    raise ConnectionError(f"{where} cannot be reached: {error}") from error
                time.sleep(0.2 * 2**attempt)
                continue
            pause = float(answer.headers.get("retry-after", 1))
            if answer.status_code in WAIT and attempt < TRIES and pause <= LONGEST:
                answer.close()
                time.sleep(pause)
                continue
            break
        if answer.is_error:
            answer.read()
            raise _refused(answer)
        return answer


def _refused(answer: httpx2.Response) -> Refused:
    try:
        said = answer.json()
        return Refused(answer.status_code, said["detail"], said.get("faults", []))
    except (ValueError, KeyError, TypeError):
        return Refused(answer.status_code, answer.reason_phrase, [])
