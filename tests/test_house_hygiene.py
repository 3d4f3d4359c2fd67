"""The project's files speak of the project alone, and carry nothing that may not be shipped."""

import hashlib
import re
from pathlib import Path

import pytest

from tests import house

# Written with brackets so that this file does not find itself.
STRANGE = {
    "a path of some machine": r"/wor[k]/|/tm[p]/[a-z]|/roo[t]/|/hom[e]/[a-z]+/",
    "the address of a registry": r"python[h]osted|p[y]pi\.org|npm[j]s\.|deb\.debia[n]\.",
    "words of a workplace": r"(?i)sub-?agen[t]s?\b|claud[e]|anthropi[c]|chatgp[t]",
    "an address where secrets stand": r"://[^/\s:@\"'{}<>]+:[^/\s:@\"'{}<>]+@",
    "the mark of an unfinished merge": r"^(<<<<<<[<]|>>>>>>[>]) ",
    "work put off": r"\b(TOD[O]|FIXM[E])\b",
}
EXAMPLE = re.compile(r"://[^@\s]*@(localhost|127\.0\.0\.1|db|database|server)\b")
LARGEST = 5_000_000


@pytest.mark.parametrize("what", STRANGE)
def test_no_file_has(what: str) -> None:
    wanted = re.compile(STRANGE[what], re.MULTILINE)
    found = [
        f"{path}:{text.count(chr(10), 0, hit.start()) + 1} {hit[0]}"
        for path, text in house.texts()
        for hit in wanted.finditer(text)
        if not EXAMPLE.match(text, hit.start())
    ]
    assert found == [], f"{what} in the project's files"


def test_no_file_is_large() -> None:
    large = [path.name for path in house.tracked() if path.stat().st_size > LARGEST]
    assert large == []


def test_no_fetched_file_is_shipped() -> None:
    folders = fetched()
    theirs = {
        digest(path): path
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file() and path.name != "README.md"
    }
    ours = {digest(path): path for path in house.tracked() if path.stat().st_size > 0}
    same = [f"{ours[key].name} is {theirs[key]}" for key in ours.keys() & theirs.keys()]
    assert same == []


def fetched() -> list[Path]:
    """Return the folders of real data that may be read here but not shipped."""
    data = house.SHARED / "data"
    if not data.is_dir():
        pytest.skip("the shared data are not here")
    rows = re.findall(r"^\| (\w+)/ \|.*\| fetched", (data / "README.md").read_text("utf-8"), re.M)
    assert rows, "the table of the shared data no longer reads as expected"
    return [data / name for name in rows]


def digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_licence_and_notice_are_there() -> None:
    assert "Apache License" in (house.ROOT / "LICENSE").read_text("utf-8")
    notice = (house.ROOT / "NOTICE").read_text("utf-8")
    assert notice.startswith("Headway")
