"""Bytes in and out: the LSP base protocol over stdio or one TCP connection.

The reader has a thread of its own, so that reading never waits for scoring and a client that writes
without reading never blocks; everything else of the server runs on the event loop.
"""

import logging
import os
import re
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from typing import BinaryIO

from codeorigin.errors import CodeOriginError

logger = logging.getLogger(__name__)

MAX_MESSAGE_BYTES = 256 * 1024 * 1024
MAX_HEADER_BYTES = 64 * 1024
# Not anchored at the start: after a body that was longer than its header said, the rest of that body and
# the next header stand on one line, and the stream must be found again.
_CONTENT_LENGTH = re.compile(rb"content-length:[ \t]*(\d{1,12})[ \t]*\r?\n?$", re.IGNORECASE)


def read_messages(stream: BinaryIO) -> Iterator[bytes]:
    """Yield the bodies of the messages in ``stream`` until it ends; what is not a message is passed over."""
    length: int | None = None
    while line := stream.readline(MAX_HEADER_BYTES):
        if line.strip():
            if match := _CONTENT_LENGTH.search(line):
                announced = int(match.group(1))
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
    """Read ``stream`` in a daemon thread; both callbacks are called from that thread."""

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
    """Where the protocol writes; a client that is gone ends the server in place of raising."""

    def __init__(self, stream: BinaryIO, lost: Callable[[], None]) -> None:
        self._stream = stream
        self._lost = lost
        self._open = True

    def write(self, data: bytes) -> None:
        """Write one framed message and flush it."""
        if not self._open:
            return
        try:
            self._stream.write(data)
            self._stream.flush()
        except (OSError, ValueError):
            self._open = False
            self._lost()

    def close(self) -> None:
        """Write no more."""
        self._open = False


def take_stdio() -> tuple[BinaryIO, BinaryIO]:
    """Keep stdin and stdout for the protocol alone; stray prints, native ones too, go to stderr."""
    stdin = os.fdopen(os.dup(0), "rb")
    stdout = os.fdopen(os.dup(1), "wb")
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return stdin, stdout


def accept_client(host: str, port: int) -> tuple[BinaryIO, BinaryIO]:
    """Listen on the address and wait for one client. Raises CodeOriginError when the port cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=1)
    except OSError as error:
        reason = error.strerror or str(error)
        raise CodeOriginError(f"cannot listen on {host}:{port}: {reason}; choose another port") from error
    with listener:
        where = listener.getsockname()
        print(f"codeorigin: listening on {where[0]}:{where[1]}", file=sys.stderr, flush=True)  # noqa: T201
        connection, _ = listener.accept()
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection.makefile("rb"), connection.makefile("wb")
