"""The base protocol: framing and resynchronisation."""

import io
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codeorigin.lsp.connection.transport import MAX_MESSAGE_BYTES, Writer, read_messages
from support.waiting import PATIENCE


def read(data: bytes) -> list[bytes]:
    return list(read_messages(io.BytesIO(data)))


@given(bodies=st.lists(st.binary(min_size=1, max_size=200)))
def test_bodies_are_read_whatever_they_contain(bodies: list[bytes]) -> None:
    stream = b"".join(b"Content-Length: %d\r\n\r\n%s" % (len(body), body) for body in bodies)
    assert read(stream) == bodies


@pytest.mark.parametrize(
    "header",
    [
        b"Content-Length: 2\r\n\r\n",
        b"content-length:2\r\n\r\n",
        b"Content-Type: x; charset=utf-8\r\nContent-Length: 2\r\n\r\n",
        b"Content-Length: 2\r\nContent-Type: x\r\n\r\n",
        b"Content-Length: 2\n\n",
        b"\r\n\r\nContent-Length: 2\r\n\r\n",
        b"words\r\n\r\nContent-Length: 2\r\n\r\n",
        b"Content-Length: x\r\n\r\nContent-Length: 2\r\n\r\n",
        b"rest of a body}Content-Length: 2\r\n\r\n",
    ],
)
def test_header_variants_are_accepted(header: bytes) -> None:
    assert read(header + b"{}") == [b"{}"]


def test_too_large_a_length_is_skipped() -> None:
    huge = b"Content-Length: %d\r\n\r\n" % (MAX_MESSAGE_BYTES + 1)
    assert read(huge + b"Content-Length: 2\r\n\r\n[]") == [b"[]"]


def test_truncated_body_is_not_a_message() -> None:
    assert read(b"Content-Length: 10\r\n\r\nshort") == []


@given(noise=st.binary(max_size=300))
def test_noise_never_raises(noise: bytes) -> None:
    assert all(isinstance(body, bytes) for body in read(noise))


def test_lost_client_is_reported_once() -> None:
    class Closed(io.RawIOBase):
        def write(self, _: object) -> int:
            raise BrokenPipeError

    lost = threading.Semaphore(0)
    writer = Writer(Closed(), lost.release)  # type: ignore[arg-type]
    writer.write(b"x")
    assert lost.acquire(timeout=PATIENCE)
    writer.write(b"y")
    assert writer.finish(10)
    assert not lost.acquire(blocking=False)


def test_everything_is_written_in_order_and_nothing_after_close() -> None:
    stream = io.BytesIO()
    writer = Writer(stream, lambda: None)
    for number in range(100):
        writer.write(b"%d " % number)
    writer.close()
    writer.write(b"more")
    assert writer.finish(10)
    assert stream.getvalue().split() == [b"%d" % number for number in range(100)]


class Stuck(io.RawIOBase):
    """A pipe that nobody reads."""

    def __init__(self) -> None:
        self.entered = threading.Event()
        self.released = threading.Event()

    def write(self, data: object) -> int:
        self.entered.set()
        self.released.wait()
        return len(data)  # type: ignore[arg-type]


def test_client_that_does_not_read_blocks_nobody() -> None:
    stream, lost = Stuck(), threading.Semaphore(0)
    writer = Writer(stream, lost.release, max_waiting=100)  # type: ignore[arg-type]
    writer.write(b"x" * 60)
    assert stream.entered.wait(10)
    writer.write(b"x" * 40)
    assert not lost.acquire(blocking=False)
    writer.write(b"x")
    assert lost.acquire(timeout=PATIENCE)
    assert not writer.finish(0.01)
    stream.released.set()
    assert writer.finish(10)


def test_single_message_may_exceed_the_waiting_limit() -> None:
    stream = io.BytesIO()
    writer = Writer(stream, lambda: None, max_waiting=10)
    writer.write(b"x" * 1000)
    assert writer.finish(10)
    assert len(stream.getvalue()) == 1000
