"""The comment that the GitHub Action writes on a pull request, against a stub of GitHub's API."""

import http.server
import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from support.action_runner import Runner

OTHERS = {"id": 6, "user": {"login": "somebody"}, "body": "<!-- codeorigin --> a trap"}
OURS = {"id": 7, "user": {"login": "github-actions[bot]"}, "body": "<!-- codeorigin -->\nold"}


class StubOfTheApi(http.server.ThreadingHTTPServer):
    """The comments of a pull request, as GitHub's API serves them; ``status`` is the answer to what writes."""

    def __init__(self, comments: Sequence[dict[str, Any]], status: int) -> None:
        super().__init__(("127.0.0.1", 0), AnswersOfTheApi)
        self.comments, self.status = list(comments), status
        self.written: list[tuple[str, str, str]] = []


class AnswersOfTheApi(http.server.BaseHTTPRequestHandler):
    server: StubOfTheApi

    def do_GET(self) -> None:
        place, _, query = self.path.partition("?")
        assert place == "/repos/owner/project/issues/12/comments"
        page = int(query.rpartition("=")[2])
        self._answer(200, self.server.comments[100 * (page - 1) : 100 * page])

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["body"]
        assert self.headers["Authorization"] == "Bearer secret"
        self.server.written.append((self.command, self.path, body))
        self._answer(self.server.status, {})

    def do_PATCH(self) -> None:
        self.do_POST()

    def _answer(self, status: int, value: Any) -> None:
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(value).encode())

    def log_message(self, *_: object) -> None:
        """Nothing on stderr."""


@pytest.fixture
def api() -> Iterator[Callable[..., StubOfTheApi]]:
    with ExitStack() as stack:

        def started(*comments: dict[str, Any], status: int = 200) -> StubOfTheApi:
            stub = stack.enter_context(StubOfTheApi(comments, status))
            threading.Thread(target=stub.serve_forever, daemon=True).start()
            stack.callback(stub.shutdown)
            return stub

        yield started


@pytest.mark.parametrize(
    ("comments", "threshold", "expected"),
    [
        ([], "0", ["POST /repos/owner/project/issues/12/comments"]),
        ([], "1", []),
        ([OTHERS] * 120, "0", ["POST /repos/owner/project/issues/12/comments"]),
        ([*[OTHERS] * 120, OURS], "0", ["PATCH /repos/owner/project/issues/comments/7"]),
        ([OURS], "1", ["PATCH /repos/owner/project/issues/comments/7"]),
    ],
)
def test_pull_request_has_one_comment(
    runner: Runner, api: Callable[..., StubOfTheApi], comments: list[Any], threshold: str, expected: list[str]
) -> None:
    stub = api(*comments)
    runner.base_ref, runner.number, runner.api = "main", "12", f"http://127.0.0.1:{stub.server_port}"
    code, outputs = runner.run(comment="true", arguments=f"--threshold\n{threshold}")
    assert code == 0
    assert [f"{method} {path}" for method, path, _ in stub.written] == expected
    for _, _, body in stub.written:
        assert body == f"<!-- codeorigin -->\n{Path(outputs['summary']).read_text()}"


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (
            403,
            "GitHub answered 403 (the token may not write; a pull request from a fork never gets a comment)",
        ),
        (500, "GitHub answered 500"),
        (None, "URLError"),
    ],
)
def test_comment_that_cannot_be_written_is_a_warning(
    runner: Runner, api: Callable[..., StubOfTheApi], status: int | None, said: str
) -> None:
    runner.base_ref, runner.number = "main", "12"
    runner.api = (
        "http://127.0.0.1:9" if status is None else f"http://127.0.0.1:{api(status=status).server_port}"
    )
    code, outputs = runner.run(comment="true", arguments="--threshold\n0")
    assert (code, outputs["findings"]) == (0, "true")
    assert runner.commented == f"::warning::CodeOrigin wrote no comment: {said}\n"
