#!/usr/bin/env python3
"""Check a Headway snapshot with nothing but Python 3.9 or later: `python verify.py FILE.zip`.

Without a file it checks the folder, or the zip, in which it lies. `--key KEY` wants a signature by
that minisign key (the text of its second line, or its file).

Prints one line that can be quoted and ends with 0 when all is well, 1 when the snapshot was
altered or contradicts itself, 2 when the file is no snapshot at all. It reads every table and
compares: the container, the manifest, the SHA-256 and size of each file, columns, types, allowed
values, keys, references between tables, numbers of rows, the ends of the audit chains, and the
signature where there is one. A signature by a key that nobody named proves only that the file was
not altered since: compare the key in the line with the one that the publisher gives.

The identity of a snapshot is the SHA-256 of its manifest, which names the SHA-256 of all else. So
whoever has the identity from a trustworthy place needs to trust nothing in the file.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import re
import sys
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

FORMAT = "headway-snapshot"
VERSIONS = ("1",)
MANIFEST = "manifest.json"
SIGNATURE = "manifest.json.minisig"
DESCRIPTOR = "datapackage.json"
CHAINS = "data/chains.csv"
WORDING = "plan/wording.json"
MOST_BYTES = 4 << 30
MOST_MEMBERS = 500
MOST_RATIO = 300
SMALL = 1 << 20
ROWS = 20_000
REMEMBERED = 200_000
SHOWN = 5

DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    ValueError,
    RuntimeError,
    EOFError,
    OSError,
    ArithmeticError,
)
NONSENSE = (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, csv.Error)
PATTERNS = {
    "^[0-9]{3}$",
    "^[A-Z]{2}$",
    "^[A-Z]{3}$",
    "^[0-9a-f]{64}$",
    "^(_T|[a-z_]+=[a-z0-9_]+(;[a-z_]+=[a-z0-9_]+)*)$",
    "^(19|20)[0-9]{2}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?|-Q[1-4]|-S[12]|/P[1-9]Y)?$",
}
NAME = re.compile(r"[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*")
HASH = re.compile(r"[0-9a-f]{64}")
INTEGER = re.compile(r"-?(0|[1-9][0-9]*)")
NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)\.\d{6}Z")


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: what was checked, where, and what was found."""

    check: str
    where: str
    found: str

    def __str__(self) -> str:
        """Return the problem as one sentence."""
        said = f"{self.where}: {self.found}" if self.where else self.found
        return printable(said)


@dataclass
class Report:
    """What was found."""

    identity: str = ""
    manifest: dict[str, Any] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    is_snapshot: bool = False
    signed: str = "unsigned"

    @property
    def is_sound(self) -> bool:
        """Whether nothing is wrong."""
        return self.is_snapshot and not self.problems

    @property
    def code(self) -> int:
        """The exit code of a command that checks."""
        return 0 if self.is_sound else 1 if self.is_snapshot else 2

    @property
    def line(self) -> str:
        """One line that a person can quote."""
        if not self.is_snapshot:
            return f"NOT A SNAPSHOT: {self.problems[0]}"
        about = self.manifest
        where = printable(f"{about.get('plan', {}).get('code')} as of {about.get('as_of')}")
        if self.problems:
            more = len(self.problems) - 1
            rest = f" (and {more} more)" if more else ""
            return f"NOT VERIFIED: {where}, sha256:{self.identity}: {self.problems[0]}{rest}"
        mark = ", ILLUSTRATIVE DATA" if about.get("is_illustrative") else ""
        count = self.rows.get("observations", 0)
        return (
            f"VERIFIED: {where}, {count} observations{mark}, {self.signed}, sha256:{self.identity}"
        )

    def add(self, check: str, where: str, found: str) -> None:
        """Note a problem."""
        self.problems.append(Problem(check, where, found))


def printable(text: str) -> str:
    """Return the text without anything that could steer the reader's terminal."""
    return "".join(sign if sign.isprintable() else "?" for sign in text)


def examine(data: bytes, key: str = "") -> Report:
    """Check a snapshot and return what was found; raises nothing for a bad file.

    `key` is the minisign key (base64) that must have signed it; empty takes it unsigned, too.
    """
    report = Report()
    try:
        members = unpack(data, report)
    except Refused as refused:
        report.add("container", "", str(refused))
        return report
    return check(members, report, key)


def folder(path: Path) -> dict[str, bytes]:
    """Return the files of an unpacked snapshot by their path inside it."""
    found = sorted(one for one in path.rglob("*") if one.is_file())
    found = [one for one in found if "__pycache__" not in one.parts]
    if len(found) > MOST_MEMBERS or sum(one.stat().st_size for one in found) > MOST_BYTES:
        raise Refused("the folder holds more than a snapshot could")
    return {one.relative_to(path).as_posix(): one.read_bytes() for one in found}


def check(members: dict[str, bytes], report: Report, key: str = "") -> Report:
    """Check the files of a snapshot, by path."""
    if MANIFEST not in members or DESCRIPTOR not in members:
        report.add("container", "", f"the file has no {MANIFEST} and {DESCRIPTOR}")
        return report
    report.identity = hashlib.sha256(members[MANIFEST]).hexdigest()
    report.is_snapshot = True
    _check_manifest(members, report)
    _check_hashes(members, report)
    _check_tables(members, report)
    _check_chains(members, report)
    _check_wording(members, report)
    _check_signature(members, report, key)
    return report


class Refused(Exception):
    """The file is not one that can be read safely."""


def unpack(data: bytes, report: Report) -> dict[str, bytes]:
    """Return the members of the zip, or raise `Refused`; sizes and names are checked first."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except DAMAGE as error:
        raise Refused(f"the file is not a zip file ({error})") from None
    with archive:
        entries = archive.infolist()
        _refuse_hostile(entries)
        _check_container(archive, entries, len(data), report)
        members = {}
        for entry in entries:
            try:
                with archive.open(entry) as stream:
                    content = stream.read(entry.file_size + 1)
            except DAMAGE as error:
                raise Refused(f"{entry.filename} cannot be unpacked ({error})") from None
            if len(content) != entry.file_size:
                raise Refused(f"{entry.filename} has another size than the zip says")
            members[entry.filename] = content
        return members


def _refuse_hostile(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MOST_MEMBERS:
        raise Refused(f"the file has {len(entries)} members, more than {MOST_MEMBERS}")
    if sum(entry.file_size for entry in entries) > MOST_BYTES:
        raise Refused("the file would unpack to more than 4 GB")
    seen: set[str] = set()
    for entry in entries:
        name = entry.filename
        if not NAME.fullmatch(name) or ".." in name.split("/") or name != entry.orig_filename:
            raise Refused(f"the member name {name!r} is not safe")
        if name.lower() in seen:
            raise Refused(f"the member {name} is there twice")
        seen.add(name.lower())
        if entry.flag_bits & 0x1:
            raise Refused(f"{name} is encrypted")
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Refused(f"{name} is packed in an unusual way")
        if entry.file_size > SMALL and entry.file_size > MOST_RATIO * max(entry.compress_size, 1):
            raise Refused(f"{name} would unpack to more than {MOST_RATIO} times its size")


def _check_container(
    archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], size: int, report: Report
) -> None:
    """Hold the container against how Headway writes it: nothing before, between or behind."""
    names = [entry.filename for entry in entries]
    if names != sorted(names):
        report.add("container", "", "the members are not in order")
    place = 0
    for entry in entries:
        if entry.header_offset != place or entry.extra or entry.comment:
            report.add("container", entry.filename, "something else lies beside it in the zip")
            return
        place += 30 + len(entry.filename) + entry.compress_size
        plain = (entry.date_time, entry.create_system, entry.external_attr)
        if plain != ((1980, 1, 1, 0, 0, 0), 3, 0o100644 << 16):
            report.add("container", entry.filename, "its date or mode was changed")
    place += sum(46 + len(name) for name in names) + 22
    if archive.comment or place != size:
        report.add("container", "", "something else lies behind the zip")


def _check_manifest(members: dict[str, bytes], report: Report) -> None:
    try:
        manifest = json.loads(members[MANIFEST].decode("utf-8"))
        once = json.dumps(manifest, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    except NONSENSE as error:
        report.add("manifest", MANIFEST, f"cannot be read ({error})")
        return
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        report.add("manifest", MANIFEST, f"does not say that this is a {FORMAT}")
        return
    report.manifest = manifest
    if manifest.get("format_version") not in VERSIONS:
        report.add(
            "manifest", MANIFEST, f"has the unknown version {manifest.get('format_version')}"
        )
    if once.encode("utf-8", "replace") != members[MANIFEST]:
        report.add("manifest", MANIFEST, "is not in canonical form")
    for name, kind in (("files", dict), ("rows", dict), ("plan", dict), ("audit", dict)):
        if not isinstance(manifest.get(name), kind):
            report.add("manifest", MANIFEST, f"lacks {name}")
            manifest[name] = {}


def _check_hashes(members: dict[str, bytes], report: Report) -> None:
    listed = report.manifest.get("files", {})
    for path in sorted(set(listed) | set(members) - {MANIFEST, SIGNATURE}):
        if path not in members:
            report.add("files", path, "is missing")
        elif path not in listed:
            report.add("files", path, "does not belong to the snapshot")
        else:
            wanted = listed[path] if isinstance(listed[path], dict) else {}
            if wanted.get("bytes") != len(members[path]):
                report.add("files", path, f"has {len(members[path])} bytes, not as recorded")
            elif wanted.get("sha256") != hashlib.sha256(members[path]).hexdigest():
                report.add("files", path, "was altered: its SHA-256 is not the recorded one")


def _check_tables(members: dict[str, bytes], report: Report) -> None:
    try:
        resources = json.loads(members[DESCRIPTOR].decode("utf-8"))["resources"]
        _walk_tables([Table(resource, members, report) for resource in resources], members, report)
    except NONSENSE as error:
        report.add("schema", DESCRIPTOR, f"cannot be read ({type(error).__name__}: {error})")


def _walk_tables(tables: list[Table], members: dict[str, bytes], report: Report) -> None:
    described = {table.path for table in tables}
    homes = ("data/", "codelists/")
    for path in sorted(path for path in members if path.startswith(homes)):
        if path not in described:
            report.add("schema", path, "is not described")
    named = {table.name: table for table in tables}
    for table in tables:
        for _, target, fields in table.references:
            if target in named:
                named[target].wanted.setdefault(fields, set())
    for table in tables:
        table.read()
        report.rows[table.name] = table.count
        wanted = report.manifest.get("rows", {}).get(table.name)
        if wanted != table.count:
            report.add("rows", table.path, f"has {table.count} rows, {wanted} are recorded")
    for table in tables:
        table.check_references(named)


def _check_chains(members: dict[str, bytes], report: Report) -> None:
    audit = report.manifest.get("audit", {})
    chains = members.get(CHAINS, b"")
    if audit.get("digest") != hashlib.sha256(chains).hexdigest():
        report.add("audit", CHAINS, "is not the one the manifest names")
    if audit.get("chains") != report.rows.get("chains"):
        report.add("audit", CHAINS, "has another number of chains than the manifest says")


def _check_wording(members: dict[str, bytes], report: Report) -> None:
    wording = members.get(WORDING)
    told = report.manifest.get("plan", {}).get("digest")
    if wording is not None and told != hashlib.sha256(wording).hexdigest():
        report.add("plan", WORDING, "is not the edition of the plan that the manifest names")


def _check_signature(members: dict[str, bytes], report: Report, key: str) -> None:
    if SIGNATURE not in members:
        if key:
            report.add("signature", SIGNATURE, "is missing: the snapshot is unsigned")
        return
    try:
        comment, signer = opened(members[SIGNATURE], members[MANIFEST], key)
    except NONSENSE as error:
        report.add("signature", SIGNATURE, str(error))
        return
    plan = report.manifest.get("plan", {}).get("code")
    if comment != f"headway plan={plan} as-of={report.manifest.get('as_of')}":
        report.add("signature", SIGNATURE, f"was made for another snapshot: {comment}")
    report.signed = f"signed with the key {signer}" + (" as demanded" if key else "")


def opened(signature: bytes, signed: bytes, key: str = "") -> tuple[str, str]:
    """Return the trusted comment and the key of a minisign signature, or raise `ValueError`.

    Without `key` the one that the first line names is taken.
    """
    lines = signature.decode("utf-8").rstrip("\n").split("\n")
    if len(lines) != 4 or not lines[2].startswith("trusted comment: "):
        raise ValueError("is no minisign signature")
    named = lines[0].rsplit(" ", 1)[-1]
    signer = key or named
    held, body = (base64.b64decode(one, validate=True) for one in (signer, lines[1]))
    bound = base64.b64decode(lines[3], validate=True)
    if len(held) != 42 or held[:2] != b"Ed" or len(body) != 74:
        raise ValueError("or the key is not written as minisign writes it")
    if body[2:10] != held[2:10]:
        raise ValueError("was made with another key than the one demanded")
    if body[:2] == b"ED":
        signed = hashlib.blake2b(signed).digest()
    elif body[:2] != b"Ed":
        raise ValueError("is of an unknown kind")
    comment = lines[2][len("trusted comment: ") :]
    if not ed25519(held[10:], signed, body[10:]):
        raise ValueError("does not fit the manifest, or was made with another key")
    if not ed25519(held[10:], body[10:] + comment.encode("utf-8"), bound):
        raise ValueError("has a trusted comment that was altered")
    return comment, signer


PRIME = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
CURVE = -121665 * pow(121666, PRIME - 2, PRIME) % PRIME
ROOT = pow(2, (PRIME - 1) // 4, PRIME)
Spot = tuple[int, int, int, int]  # a point of the curve in extended coordinates


def ed25519(key: bytes, message: bytes, signature: bytes) -> bool:
    """Say whether a signature of a message is by this key (RFC 8032, section 5.1.7)."""
    if len(key) != 32 or len(signature) != 64:
        return False
    public, commitment = _spot(key), _spot(signature[:32])
    scalar = int.from_bytes(signature[32:], "little")
    if public is None or commitment is None or scalar >= ORDER:
        return False
    digest = hashlib.sha512(signature[:32] + key + message).digest()
    factor = int.from_bytes(digest, "little") % ORDER
    left = _times(scalar, BASE)
    right = _plus(commitment, _times(factor, public))
    apart = [left[axis] * right[2] - right[axis] * left[2] for axis in (0, 1)]
    return all(one % PRIME == 0 for one in apart)


def _x(y: int, is_odd: int) -> int | None:
    if y >= PRIME:
        return None
    square = (y * y - 1) * pow(CURVE * y * y + 1, PRIME - 2, PRIME) % PRIME
    if square == 0:
        return None if is_odd else 0
    x = pow(square, (PRIME + 3) // 8, PRIME)
    if (x * x - square) % PRIME:
        x = x * ROOT % PRIME
    if (x * x - square) % PRIME:
        return None
    return PRIME - x if x & 1 != is_odd else x


def _spot(text: bytes) -> Spot | None:
    """Return the point that 32 bytes stand for; none where they stand for none."""
    number = int.from_bytes(text, "little")
    y = number & ((1 << 255) - 1)
    x = _x(y, number >> 255)
    return None if x is None else (x, y, 1, x * y % PRIME)


def _plus(one: Spot, two: Spot) -> Spot:
    a = (one[1] - one[0]) * (two[1] - two[0]) % PRIME
    b = (one[1] + one[0]) * (two[1] + two[0]) % PRIME
    c = 2 * one[3] * two[3] * CURVE % PRIME
    d = 2 * one[2] * two[2] % PRIME
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % PRIME, g * h % PRIME, f * g % PRIME, e * h % PRIME)


def _times(factor: int, spot: Spot) -> Spot:
    found = (0, 1, 1, 0)
    while factor:
        if factor & 1:
            found = _plus(found, spot)
        spot = _plus(spot, spot)
        factor >>= 1
    return found


HEIGHT = 4 * pow(5, PRIME - 2, PRIME) % PRIME
BASE: Spot = (_x(HEIGHT, 0) or 0, HEIGHT, 1, (_x(HEIGHT, 0) or 0) * HEIGHT % PRIME)


class Table:
    """One table of the snapshot, checked against its own description."""

    def __init__(self, resource: dict[str, Any], members: dict[str, bytes], report: Report) -> None:
        self.name: str = resource["name"]
        self.path: str = resource["path"]
        self.report = report
        self.data = members.get(self.path)
        schema = resource["schema"]
        self.fields: list[dict[str, Any]] = schema["fields"]
        self.names = [str(one["name"]) for one in self.fields]
        self.key = [self.names.index(name) for name in schema.get("primaryKey", [])]
        self.references = [
            (
                tuple(one["fields"]),
                one["reference"]["resource"] or self.name,
                tuple(one["reference"]["fields"]),
            )
            for one in schema.get("foreignKeys", [])
        ]
        self.rules = [_rule(one) for one in self.fields]
        self.wanted: dict[tuple[str, ...], set[tuple[str, ...]]] = {}
        self.used: dict[tuple[str, ...], set[tuple[str, ...]]] = {}
        self.count = 0
        if self.data is not None:
            digest = f"sha256:{hashlib.sha256(self.data).hexdigest()}"
            if (resource.get("hash"), resource.get("bytes")) != (digest, len(self.data)):
                report.add("files", self.path, f"is not the one that {DESCRIPTOR} describes")

    def parts(self) -> Iterator[list[list[str]]]:
        """Yield the rows, some thousand at a time, the header first as a part of its own."""
        text = (self.data or b"").decode("utf-8")
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        yield [next(reader, [])]
        part: list[list[str]] = []
        for row in reader:
            part.append(row)
            if len(part) == ROWS:
                yield part
                part = []
        if part:
            yield part

    def read(self) -> None:
        """Read the rows and check columns, cells and keys; keep what other tables refer to."""
        if self.data is None:
            self.report.add("schema", self.path, "is missing")
            return
        if self.data.startswith(b"\xef\xbb\xbf") or b"\r\n" in self.data[:4096]:
            self.report.add("schema", self.path, "is not written as Headway writes it")
        try:
            self._walk()
        except (ValueError, csv.Error) as error:
            self.report.add("schema", self.path, f"cannot be read as a table ({error})")

    def _walk(self) -> None:
        parts = self.parts()
        if next(parts) != [self.names]:
            self.report.add("schema", self.path, "has other columns than described")
            return
        seen: list[set[str]] = [set() for _ in self.names]
        keys: set[tuple[str, ...]] = set()
        for part in parts:
            if any(len(row) != len(self.names) for row in part):
                self.report.add("schema", self.path, "has a row with too many or too few cells")
                return
            columns = list(zip(*part))  # noqa: B905  # lengths were just compared
            for place, column in enumerate(columns):
                self._check_cells(place, set(column) - seen[place])
                if len(seen[place]) < REMEMBERED:
                    seen[place].update(column)
            self._check_key(columns, len(part), keys)
            self._collect(columns)
            self.count += len(part)

    def _check_cells(self, place: int, values: set[str]) -> None:
        rule = self.rules[place]
        wrong = sorted(value for value in values if not rule(value))
        for value in wrong[:SHOWN]:
            row = self._row_of(place, value)
            found = f"row {row}: {value!r} does not fit" if value else f"row {row}: is empty"
            self.report.add("schema", f"{self.path}, column {self.names[place]}", found)

    def _row_of(self, place: int, value: str) -> int:
        number = 0
        for part in self.parts():
            for row in part:
                number += 1
                if number > 1 and row[place : place + 1] == [value]:
                    return number
        return number

    def _check_key(
        self, columns: list[tuple[str, ...]], count: int, keys: set[tuple[str, ...]]
    ) -> None:
        if not self.key:
            return
        before = len(keys)
        keys.update(zip(*(columns[place] for place in self.key)))  # noqa: B905
        if len(keys) != before + count:
            names = ", ".join(self.names[place] for place in self.key)
            self.report.add("keys", self.path, f"two rows have the same {names}")
            keys.clear()

    def _collect(self, columns: list[tuple[str, ...]]) -> None:
        for fields, kept in self.wanted.items():
            kept.update(zip(*(columns[self.names.index(name)] for name in fields)))  # noqa: B905
        for fields, _, _ in self.references:
            used = self.used.setdefault(fields, set())
            used.update(zip(*(columns[self.names.index(name)] for name in fields)))  # noqa: B905

    def check_references(self, tables: dict[str, Table]) -> None:
        """Check that what this table refers to is there."""
        for fields, target, aim in self.references:
            if target not in tables:
                self.report.add("references", self.path, f"refers to {target}, which is missing")
                continue
            there = tables[target].wanted.get(aim, set())
            lost = sorted(value for value in self.used.get(fields, set()) - there if all(value))
            for value in lost[:SHOWN]:
                named = f"{', '.join(fields)} {' '.join(value)}"
                self.report.add("references", self.path, f"{named} is not in {target}")


def _rule(described: dict[str, Any]) -> Any:
    """Return the function that says whether a cell fits its column."""
    limits = described.get("constraints", {})
    kind = KINDS[described.get("type", "string")]
    pattern = None
    if "pattern" in limits:
        # A pattern from a stranger could keep a reader busy for ever: only our own are run.
        if limits["pattern"] not in PATTERNS:
            raise ValueError(f"unknown pattern {limits['pattern']!r}")
        pattern = re.compile(limits["pattern"])
    allowed = set(limits["enum"]) if "enum" in limits else None
    least, most = limits.get("minimum"), limits.get("maximum")

    def fits(cell: str) -> bool:
        if cell == "":
            return not limits.get("required", False)
        if not kind(cell):
            return False
        if (pattern and not pattern.search(cell)) or (allowed is not None and cell not in allowed):
            return False
        if least is None and most is None:
            return True
        value = float(cell)
        return (least is None or value >= least) and (most is None or value <= most)

    return fits


def _is_day(cell: str) -> bool:
    try:
        return date.fromisoformat(cell).isoformat() == cell
    except ValueError:
        return False


def _is_moment(cell: str) -> bool:
    found = MOMENT.fullmatch(cell)
    if not found:
        return False
    try:
        datetime.fromisoformat(f"{found[1]}T{found[2]}")
    except ValueError:
        return False
    return True


KINDS = {
    "string": lambda cell: True,
    "integer": lambda cell: INTEGER.fullmatch(cell) is not None,
    "number": lambda cell: NUMBER.fullmatch(cell) is not None,
    "boolean": lambda cell: cell in ("true", "false"),
    "date": _is_day,
    "datetime": _is_moment,
}


def main(arguments: list[str]) -> int:
    """Check the file named on the command line; none named: what this script lies in."""
    given, key = list(arguments), ""
    if "--key" in given[:-1]:
        place = given.index("--key")
        key = key_of(given[place + 1])
        del given[place : place + 2]
    if len(given) > 1 or any(one.startswith("-") for one in given):
        print("usage: python verify.py [SNAPSHOT.zip] [--key KEY]")
        return 2
    path = Path(given[0]) if given else Path(__file__).resolve().parent
    try:
        if path.is_dir():
            report = check(folder(path), Report(), key)
        else:
            report = examine(path.read_bytes(), key)
    except (OSError, Refused) as error:
        said = getattr(error, "strerror", None) or error
        print(f"NOT A SNAPSHOT: {path} cannot be opened ({said})")
        return 2
    for problem in report.problems:
        print(f"  - {problem.check}: {problem}")
    print(report.line)
    return report.code


def key_of(text: str) -> str:
    """Return a public key from its text, or from the file of that name."""
    try:
        lines = Path(text).read_text("utf-8").splitlines()
    except (OSError, ValueError):
        return text.strip()
    return lines[-1].strip() if lines else "-"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
