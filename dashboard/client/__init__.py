"""Headway from Python: `headway.Client(url).observations("UN-GPA")` is a DataFrame.

It speaks to the interface of any installation. Of the program itself it only takes what verifies
snapshots, and that only when one is downloaded.
"""

from dashboard.client.client import Client, Sent
from dashboard.client.wire import Refused

__all__ = ["Client", "Refused", "Sent"]
