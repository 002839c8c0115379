"""Whether the language server's memory stays flat while somebody types: resident memory over time.

    python benchmarks/memory.py [--seconds 600] [--every 20] [--pause 0] [--model DIR]

Simulates an editor session, without pauses unless requested: four modules of the standard library are edited function
by function, each edit with random new words. Every tenth edit requests a hover with an explanation, and every 200th
closes a document and opens another. Linux only (reads /proc).
"""

import argparse
import itertools
import random
import time
from pathlib import Path
from typing import Any

from client import Client, client, library_files

DOCUMENTS = 4
EDITS_TO_HOVER = 10
EDITS_TO_CLOSE = 200
FLAT_AFTER = 0.4
"""Share of the run that fills the caches; growth is measured over the rest."""


class _Session:
    """Open documents, edited by a user who never stops."""

    def __init__(self, server: Client) -> None:
        self._server = server
        self._chance = random.Random(0)
        texts = [each for each in library_files() if 300 <= each[1].count("\n") <= 1_500]
        self._waiting = itertools.cycle(texts)
        self._open: list[tuple[str, list[int], int]] = []
        self.edits = 0
        for _ in range(DOCUMENTS):
            self._open_next()

    def _open_next(self) -> None:
        while True:
            path, text = next(self._waiting)
            # A new name each time, so that no earlier result is known for it.
            uri = path.with_name(f"{path.stem}_{self.edits}.py").as_uri()
            _, findings = self._server.open(uri, text)
            lines = [finding["range"]["start"]["line"] for finding in findings]
            if lines:
                self._open.append((uri, lines, 0))
                return
            self._server.send("textDocument/didClose", {"textDocument": {"uri": uri}})

    def edit(self) -> None:
        """Make one edit, with the hover, close and open that are due."""
        self.edits += 1
        number = self._chance.randrange(len(self._open))
        uri, lines, version = self._open[number]
        place = self._chance.choice(lines)
        words = " ".join(f"word{self._chance.randrange(10**9)}" for _ in range(4))
        # Inserted after the header's first line and removed again right away, so that documents keep their size.
        self._server.change(uri, version + 1, place + 1, f"    # {words}\n")
        if self.edits % EDITS_TO_HOVER == 0:
            self._hover(uri, place)
        self._take_away(uri, version + 2, place + 1)
        self._open[number] = (uri, lines, version + 2)
        if self.edits % EDITS_TO_CLOSE == 0:
            uri, _, _ = self._open.pop(0)
            self._server.send("textDocument/didClose", {"textDocument": {"uri": uri}})
            self._open_next()
        self._server.forget_unread()

    def _hover(self, uri: str, line: int) -> None:
        place = {"textDocument": {"uri": uri}, "position": {"line": line, "character": 6}}
        self._server.request("textDocument/hover", place)

    def _take_away(self, uri: str, version: int, line: int) -> None:
        place = {"start": {"line": line, "character": 0}, "end": {"line": line + 1, "character": 0}}
        change: dict[str, Any] = {
            "textDocument": {"uri": uri, "version": version},
            "contentChanges": [{"range": place, "text": ""}],
        }
        self._server.send("textDocument/didChange", change)


def main() -> None:
    """Edit, and print the resident memory at intervals and how fast it grew at the end."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--seconds", type=float, default=600, help="how long to edit (default: 600)")
    parser.add_argument("--every", type=float, default=20, help="seconds from line to line (default: 20)")
    parser.add_argument(
        "--pause",
        type=float,
        default=0,
        help="seconds after each edit, to leave the machine to others (default: 0)",
    )
    parser.add_argument("--model", type=Path, help="model folder (default: the one that ships)")
    options = parser.parse_args()
    samples: list[tuple[int, float]] = []
    with client(options.model) as server:
        server.initialize()
        server.ready()
        print(f"{'seconds':>8} {'edits':>8} {'resident MiB':>13} {'peak MiB':>9}")
        session = _Session(server)
        started = time.monotonic()
        due = 0.0
        while (passed := time.monotonic() - started) < options.seconds:
            if passed >= due:
                due += options.every
                memory = server.memory()
                samples.append((session.edits, memory["now"]))
                print(
                    f"{passed:8.0f} {session.edits:8} {memory['now']:13.1f} {memory['peak']:9.1f}", flush=True
                )
            session.edit()
            time.sleep(options.pause)
        samples.append((session.edits, server.memory()["now"]))
    late = samples[int(FLAT_AFTER * len(samples)) :]
    edits, grown = late[-1][0] - late[0][0], late[-1][1] - late[0][1]
    print(f"\n{session.edits} edits; {grown:+.1f} MiB over the last {edits}")


if __name__ == "__main__":
    main()
