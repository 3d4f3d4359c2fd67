"""Signatures: by the library, checked by both verifiers; whatever is changed is caught."""

import base64
import io
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import minisign  # type: ignore[import-untyped]
import pytest

from dashboard.exchange import archive, datapackage, signature, standalone, verify
from dashboard.services import signing
from dashboard.settings import Settings
from models import BadInput
from tests import sealed

PAIR = minisign.KeyPair.generate()
SIGNER = signature.Signer(PAIR.secret_key)
SEALED = datapackage.seal(sealed.snapshot(), SIGNER.sign)
OTHER = signature.Signer(minisign.KeyPair.generate().secret_key)

RFC_8032 = [  # section 7.1: public key, message, signature
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
        "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
        "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]


def members(data: bytes = SEALED.content) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def changed(**lines: bytes) -> bytes:
    """Return the signed snapshot with lines (`l0` … `l3`) of its signature replaced."""
    inside = members()
    found = inside[standalone.SIGNATURE].split(b"\n")
    for name, line in lines.items():
        found[int(name[1:])] = line
    return archive.pack({**inside, standalone.SIGNATURE: b"\n".join(found)})


@pytest.mark.parametrize(("key", "message", "signed"), RFC_8032)
def test_the_script_agrees_with_the_vectors_of_the_standard(
    key: str, message: str, signed: str
) -> None:
    public, text, found = (bytes.fromhex(one) for one in (key, message, signed))
    assert standalone.ed25519(public, text, found)
    assert not standalone.ed25519(public, text + b"x", found)
    for place in (0, 31, 32, 63):
        wrong = bytearray(found)
        wrong[place] ^= 1
        assert not standalone.ed25519(public, text, bytes(wrong))
    high = int.from_bytes(found[32:], "little") + standalone.ORDER  # malleable: must be refused
    assert not standalone.ed25519(public, text, found[:32] + high.to_bytes(32, "little"))
    assert not standalone.ed25519(b"\xff" * 32, text, found)


def test_a_signature_is_no_part_of_the_identity() -> None:
    unsigned = datapackage.seal(sealed.snapshot())
    assert SEALED.identity == unsigned.identity
    assert standalone.SIGNATURE not in unsigned.manifest["files"]
    assert "unsigned" in verify.verify(unsigned.content).line


def test_both_verifiers_name_the_key_and_hold_it_against_the_one_demanded() -> None:
    for report in (verify.verify(SEALED.content), standalone.examine(SEALED.content)):
        assert report.is_sound, report.line
        assert f"signed with the key {SIGNER.public}, sha256:" in report.line
    assert verify.verify(SEALED.content, SIGNER.public).is_sound
    wrong = verify.verify(SEALED.content, OTHER.public)
    assert wrong.code == 1
    assert "another key than the one demanded" in wrong.line
    unsigned = datapackage.write(sealed.snapshot())
    assert "unsigned" in verify.verify(unsigned, SIGNER.public).line
    assert verify.verify(unsigned, SIGNER.public).code == 1


def test_the_library_accepts_what_we_wrote() -> None:
    inside = members()
    made = minisign.Signature.from_bytes(inside[standalone.SIGNATURE])
    PAIR.public_key.verify(inside[standalone.MANIFEST], made)
    assert made.trusted_comment == "headway plan=TINY as-of=2026-06-30T12:00:00.000000Z"


LINES = members()[standalone.SIGNATURE].split(b"\n")
SIGNED = base64.b64decode(LINES[1])
TURNED = SIGNED[:-1] + bytes([SIGNED[-1] ^ 1])


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ({"l2": LINES[2].replace(b"TINY", b"TINI")}, "trusted comment that was altered"),
        ({"l2": b"no comment"}, "no minisign signature"),
        ({"l1": base64.b64encode(TURNED)}, "does not fit"),
        ({"l3": base64.b64encode(bytes(64))}, "was altered"),
        ({"l0": b"untrusted comment: by " + OTHER.public.encode()}, "another key"),
        ({"l0": b"untrusted comment: by nobody"}, "signature"),
        ({"l1": b"!!"}, "signature"),
    ],
)
def test_whatever_is_done_to_the_signature_is_seen(lines: dict[str, bytes], said: str) -> None:
    data = changed(**lines)
    for report in (verify.verify(data), standalone.examine(data)):
        assert report.code == 1
        assert [one.check for one in report.problems] == ["signature"]
        assert said in f"{report.line} signature"


def test_a_signature_of_another_snapshot_is_seen() -> None:
    other = datapackage.seal(sealed.snapshot(plan="OTHER"), SIGNER.sign)
    moved = archive.pack(
        {**members(), standalone.SIGNATURE: members(other.content)[standalone.SIGNATURE]}
    )
    assert verify.verify(moved).code == 1
    about = sealed.snapshot(plan="OTHER").about
    lying = SIGNER.sign(members()[standalone.MANIFEST], about)
    report = standalone.examine(archive.pack({**members(), standalone.SIGNATURE: lying}))
    assert "made for another snapshot" in report.line


def test_the_script_checks_what_it_lies_in(tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(SEALED.content)) as packed:
        packed.extractall(tmp_path / "open")
    path = tmp_path / "snapshot.zip"
    path.write_bytes(SEALED.content)

    def run(*command: str, **environ: str) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, *command],
            capture_output=True, text=True, check=False, env={**os.environ, **environ},
        )  # fmt: skip
        return done.returncode, done.stdout

    assert run("-I", str(tmp_path / "open" / "verify.py"))[0] == 0
    assert run("-m", "verify", PYTHONPATH=str(path), PYTHONDONTWRITEBYTECODE="1")[0] == 0
    (tmp_path / "open" / "data" / "targets.csv").write_bytes(b"")
    code, said = run("-I", str(tmp_path / "open" / "verify.py"), "--key", SIGNER.public)
    assert code == 1
    assert "data/targets.csv" in said


def test_a_key_is_made_once_read_back_and_refused_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "headway.key"
    shown = signing.make(path, "open sesame")
    assert path.stat().st_mode & 0o077 == 0
    environ = {"HEADWAY_HOME": str(tmp_path), "HEADWAY_SIGNING_KEY": str(path)}
    good = Settings.read({**environ, "HEADWAY_SIGNING_PASSWORD": "open sesame"})
    assert signing.public(good) == shown
    assert signing.sign(Settings.read({"HEADWAY_HOME": str(tmp_path)})) is None
    with pytest.raises(BadInput, match="never overwritten"):
        signing.make(path, "")
    for password, said in (("", "password"), ("wrong", "cannot be used")):
        with pytest.raises(BadInput, match=said):
            signing.sign(Settings.read({**environ, "HEADWAY_SIGNING_PASSWORD": password}))
    with pytest.raises(BadInput, match="cannot be opened"):
        signing.sign(Settings.read({**environ, "HEADWAY_SIGNING_KEY": str(tmp_path / "none")}))
