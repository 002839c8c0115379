"""A stub of the part of GitHub's API that comments of pull requests are."""

import http.server
import json
from collections.abc import Sequence
from typing import Any


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
