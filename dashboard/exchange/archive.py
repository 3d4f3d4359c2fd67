"""A zip file that is the same bytes whenever its members are the same.

Names in order, one date, one level, one mode, nothing of the machine. Identity never hangs on
these bytes but on the manifest inside, for another build of zlib may compress otherwise.
"""

import io
import zipfile
from collections.abc import Mapping
from typing import Final

FIRST_DAY: Final = (1980, 1, 1, 0, 0, 0)
MODE: Final = 0o100644
UNIX: Final = 3
LEVEL: Final = 1
"""Five times as fast as the usual 6, for a quarter more bytes."""


def pack(members: Mapping[str, bytes], *, is_stored: bool = False) -> bytes:
    """Return a zip with these members, by path; stored ones are not made smaller."""
    method = zipfile.ZIP_STORED if is_stored else zipfile.ZIP_DEFLATED
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL) as archive:
        for path in sorted(members):
            entry = zipfile.ZipInfo(path, FIRST_DAY)
            entry.compress_type = method
            entry.create_system = UNIX
            entry.external_attr = MODE << 16
            archive.writestr(entry, members[path])
    return out.getvalue()
