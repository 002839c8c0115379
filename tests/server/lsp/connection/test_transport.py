"""The base protocol: framing, and finding the stream again."""

import io
import socket
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codeorigin.errors import CodeOriginError
from codeorigin.lsp.connection.transport import MAX_MESSAGE_BYTES, Writer, accept_client, read_messages


def read(data: bytes) -> list[bytes]:
    return list(read_messages(io.BytesIO(data)))


@given(bodies=st.lists(st.binary(min_size=1, max_size=200)))
def test_bodies_come_through_whatever_is_in_them(bodies: list[bytes]) -> None:
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
def test_headers(header: bytes) -> None:
    assert read(header + b"{}") == [b"{}"]


def test_a_length_that_no_message_has_is_passed_over() -> None:
    huge = b"Content-Length: %d\r\n\r\n" % (MAX_MESSAGE_BYTES + 1)
    assert read(huge + b"Content-Length: 2\r\n\r\n[]") == [b"[]"]


def test_a_body_that_breaks_off_is_no_message() -> None:
    assert read(b"Content-Length: 10\r\n\r\nshort") == []


@given(noise=st.binary(max_size=300))
def test_noise_never_raises(noise: bytes) -> None:
    assert all(isinstance(body, bytes) for body in read(noise))


def test_a_client_that_is_gone_is_told_once() -> None:
    class Closed(io.RawIOBase):
        def write(self, _: object) -> int:
            raise BrokenPipeError

    lost: list[int] = []
    writer = Writer(Closed(), lambda: lost.append(1))  # type: ignore[arg-type]
    writer.write(b"x")
    writer.write(b"y")
    assert lost == [1]


def test_nothing_is_written_after_close() -> None:
    stream = io.BytesIO()
    writer = Writer(stream, lambda: None)
    writer.write(b"a")
    writer.close()
    writer.write(b"b")
    assert stream.getvalue() == b"a"


def test_one_client_is_accepted(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    streams: list[object] = []
    thread = threading.Thread(target=lambda: streams.extend(accept_client("127.0.0.1", port)))
    thread.start()
    while True:
        try:
            connection = socket.create_connection(("127.0.0.1", port))
            break
        except ConnectionRefusedError:
            continue
    with connection:
        thread.join()
        reader, writer = streams
        connection.sendall(b"ping\n")
        assert reader.readline() == b"ping\n"  # type: ignore[attr-defined]
        writer.write(b"pong\n")  # type: ignore[attr-defined]
        writer.flush()  # type: ignore[attr-defined]
        assert connection.recv(5) == b"pong\n"
    assert f"listening on 127.0.0.1:{port}" in capsys.readouterr().err


def test_a_taken_port_is_one_clear_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(
            CodeOriginError, match=rf"^cannot listen on 127\.0\.0\.1:{port}: .*; choose another"
        ):
            accept_client("127.0.0.1", port)
