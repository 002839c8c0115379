"""The LSP base protocol over any pair of byte streams.

The reader and the writer each have a thread, so that neither scoring nor a client that is slow in one direction holds
up the other direction. Messages are handled on the event loop.
"""

import logging
import os
import re
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator
from typing import BinaryIO

logger = logging.getLogger(__name__)

MAX_MESSAGE_BYTES = 64 * 1024 * 1024
MAX_WAITING_BYTES = 64 * 1024 * 1024
MAX_HEADER_BYTES = 8 * 1024
# Not anchored at the start, so that the reader can resynchronize: if a body was longer than its header said, the rest
# of that body and the next header are on one line.
_CONTENT_LENGTH = re.compile(rb"content-length:[ \t]*(\d{1,12})[ \t]*\r?\n$", re.IGNORECASE)


def read_messages(stream: BinaryIO) -> Iterator[bytes]:
    """Yield the bodies of the messages in ``stream`` until it ends; other content is skipped."""
    length: int | None = None
    while line := stream.readline(MAX_HEADER_BYTES):
        if line.strip():
            if match := _CONTENT_LENGTH.search(line):
                announced = int(match.group(1))
                if announced > MAX_MESSAGE_BYTES:
                    logger.warning("a message of more than %d bytes was refused", MAX_MESSAGE_BYTES)
                length = announced if announced <= MAX_MESSAGE_BYTES else None
            continue
        if length is None:
            continue
        body = stream.read(length)
        if len(body) < length:
            return
        length = None
        yield body


def start_reader(stream: BinaryIO, receive: Callable[[bytes], None], ended: Callable[[], None]) -> None:
    """Read the client's messages in a daemon thread; both callbacks are called from that thread."""

    def run() -> None:
        try:
            for body in read_messages(stream):
                receive(body)
        except (OSError, ValueError):
            logger.debug("the client's stream was closed while reading")
        finally:
            ended()

    threading.Thread(target=run, name="codeorigin-reader", daemon=True).start()


class Writer:
    """Writes bytes to the client in a separate thread, so that writing never blocks.

    ``lost`` is called once, from any thread, when the client is gone or leaves more than ``max_waiting`` bytes
    unread; nothing more is written then. A client that never reads must not make the server grow or keep it from
    exiting.
    """

    def __init__(
        self, stream: BinaryIO, lost: Callable[[], object], *, max_waiting: int = MAX_WAITING_BYTES
    ) -> None:
        self._stream = stream
        self._lost = lost
        self._max_waiting = max_waiting
        self._waiting: deque[bytes] = deque()
        self._size = 0
        self._open = True
        self._changed = threading.Condition()
        threading.Thread(target=self._run, name="codeorigin-writer", daemon=True).start()

    def write(self, data: bytes) -> None:
        """Queue one framed message to be written and flushed."""
        with self._changed:
            if not self._open:
                return
            if self._size + len(data) <= self._max_waiting or not self._size:
                self._waiting.append(data)
                self._size += len(data)
                self._changed.notify_all()
                return
        self._lose()

    def close(self) -> None:
        """Accept no more data; queued data is still written."""
        with self._changed:
            self._open = False
            self._changed.notify_all()

    def finish(self, seconds: float) -> bool:
        """Close, wait up to ``seconds`` for queued data to be written, and return whether none is left."""
        self.close()
        with self._changed:
            return self._changed.wait_for(lambda: not self._size, seconds)

    def _lose(self) -> None:
        with self._changed:
            self._size -= sum(map(len, self._waiting))
            self._waiting.clear()
            was_open, self._open = self._open, False
        if was_open:
            self._lost()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or not self._open)
                if not self._waiting:
                    return
                data = self._waiting.popleft()
            is_written = False
            try:
                self._stream.write(data)
                self._stream.flush()
                is_written = True
            except (OSError, ValueError):
                self._lose()
            with self._changed:
                self._size -= len(data)
                self._changed.notify_all()
            if not is_written:
                return


def take_stdio() -> tuple[BinaryIO, BinaryIO]:
    """Reserve stdin and stdout for the protocol and return them; stray prints, also from native code, go to stderr."""
    stdin = os.fdopen(os.dup(0), "rb")
    stdout = os.fdopen(os.dup(1), "wb")
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return stdin, stdout
