"""Packs that make git unpack far more than they hold."""

import hashlib
import json
import struct
import subprocess
import sys
import zlib

import pytest

from codeorigin.git import objects
from codeorigin.git.objects import LargeObjectError, Objects
from codeorigin.git.repository import Repository as Opened
from support.changes import TEN
from support.repositories import Repository

LARGE = 64 * 2**20
READS = """
import json, resource, sys
from pathlib import Path
from codeorigin.core.errors import RepositoryError
from codeorigin.git import objects
from codeorigin.git.repository import Repository

if sys.argv[2] == "old":
    objects.git_version = lambda: (2, 34)

def read(name):
    try:
        return reader.read(name, 100).decode()
    except objects.LargeObjectError as error:
        return "large"

with objects.Objects(Repository.of(Path(sys.argv[1])).git) as reader:
    found = [read(name) for name in sys.argv[3:]]
    unfit = sorted(reader.unfit(sys.argv[3:]))
print(json.dumps([found, unfit, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024]))
"""


def entry(kind: int, size: int, content: bytes) -> bytes:
    """An entry of a pack."""
    first, rest = kind << 4 | size & 15, size >> 4
    head = bytearray()
    while rest:
        head.append(first | 128)
        first, rest = rest & 127, rest >> 7
    return bytes([*head, first]) + content


def number(value: int) -> bytes:
    """A size at the beginning of a delta."""
    found = bytearray()
    while value > 127:
        found.append(value & 127 | 128)
        value >>= 7
    return bytes([*found, value])


def packed(repository: Repository, base: bytes, texts: list[bytes]) -> list[str]:
    """Pack ``base`` and each of ``texts`` as a difference to the one before; the names of all."""
    contents = [base, *texts]
    names = [hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest() for content in contents]
    entries = [entry(3, len(base), zlib.compress(base))]
    for before, name, text in zip(contents, names, texts, strict=False):
        assert len(text) < 128
        delta = number(len(before)) + number(len(text)) + bytes([len(text)]) + text
        entries.append(entry(7, len(delta), bytes.fromhex(name) + zlib.compress(delta)))
    pack = b"PACK" + struct.pack(">II", 2, len(entries)) + b"".join(entries)
    repository.git("index-pack", "--stdin", stdin=pack + hashlib.sha1(pack).digest())
    return names


@pytest.mark.parametrize("version", ["new", "old"])
def test_small_blobs_on_a_large_one_are_never_unpacked(repository: Repository, version: str) -> None:
    names = packed(repository, bytes(LARGE), [b"x = 1 # %d\n" % place for place in range(3)])
    sound = repository.git("rev-parse", "HEAD:a.py")
    command = [sys.executable, "-c", READS, str(repository.folder), version, *names, sound]
    answer = subprocess.run(command, capture_output=True, check=True).stdout
    found, unfit, most = json.loads(answer)
    assert (found, unfit) == (["large"] * 4 + [TEN], sorted(names))
    assert most < LARGE / 2


def test_chains_count_as_a_whole_and_for_all_reads(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = packed(repository, bytes(3_000), [b"%d" % place * 100 for place in range(8)])

    def read() -> list[bool]:
        found = []
        with Objects(Opened.of(repository.folder).git) as reader:
            for name in names[1:]:
                try:
                    found.append(reader.read(name, 100) is not None)
                except LargeObjectError:
                    found.append(False)
        return found

    assert read() == [True] * 8
    monkeypatch.setattr(objects, "_DEEPEST_CHAIN", 100)
    monkeypatch.setattr(objects, "_LARGEST_CHAIN", 3_500)
    assert read() == [True] * 5 + [False] * 3
    monkeypatch.setattr(objects, "_LARGEST_CHAIN", 10_000)
    monkeypatch.setattr(objects, "LARGEST", 3_000)
    monkeypatch.setattr(objects, "_MOST_UNPACKED", 700)
    # 100, 200, 300 more than the largest object may have, and then nothing more.
    assert read() == [True] * 3 + [False] * 5
