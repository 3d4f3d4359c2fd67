"""How often one address may try, so that guessing passwords takes for ever."""

from collections import deque
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address
from typing import Final

MOST_KEYS: Final = 10_000


class Limit:
    """So many tries within a time for each key, counted in this process."""

    def __init__(self, tries: int, within: timedelta) -> None:
        self.tries = tries
        self.within = within
        self.taken: dict[str, deque[datetime]] = {}

    def take(self, key: str, now: datetime) -> bool:
        """Count a try and say whether it may be made."""
        if len(self.taken) >= MOST_KEYS:
            self.taken = {
                name: times for name, times in self.taken.items() if self._left(times, now)
            }
        times = self.taken.setdefault(key, deque())
        self._left(times, now)
        if len(times) >= self.tries:
            return False
        times.append(now)
        return True

    def wait(self, key: str, now: datetime) -> timedelta:
        """Return how long it takes until another try may be made."""
        times = self.taken.get(key, deque())
        if self._left(times, now) < self.tries:
            return timedelta()
        return times[0] + self.within - now

    def give_back(self, key: str) -> None:
        """Forget the latest try, which was no guess."""
        if self.taken.get(key):
            self.taken[key].pop()

    def _left(self, times: deque[datetime], now: datetime) -> int:
        while times and times[0] <= now - self.within:
            times.popleft()
        return len(times)


def origin(client: tuple[str, int] | None) -> str:
    """Return whom a connection counts for: an address, or the network a household has in IPv6."""
    if client is None:
        return ""
    try:
        address = ip_address(client[0])
    except ValueError:
        return client[0]
    if isinstance(address, IPv6Address):
        return str(IPv6Address(int(address) >> 64 << 64))
    return str(address)
