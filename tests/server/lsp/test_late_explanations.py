"""Explanations that fail, arrive late or are cancelled, in the running server."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.server.lsp.editor import python_function
from tests.server.lsp.raw import PATIENCE, RawServer
from tests.server.lsp.test_process import FAULTY

URI = "file:///project/a.py"
NESTED = python_function("outer").replace(
    "    total = 0\n", "    total = 0\n\n    def inner(value):\n        return value\n\n"
)


@pytest.fixture(scope="module")
def server() -> Iterator[RawServer]:
    with RawServer(command=FAULTY) as running:
        running.initialize(capabilities={"window": {"workDoneProgress": True}}, options={"explainWait": 0})
        yield running
        assert running.leave() == 0


@pytest.fixture
def opened(server: RawServer, tmp_path: Path) -> Iterator[Path]:
    """The file that lets explanations of the document continue once it exists."""
    yield tmp_path / "gate"
    server.close(URI)
    server.status()
    server.unread.clear()


def hover(server: RawServer, line: int) -> str:
    return server.hover(URI, line, 9)["contents"]["value"]


def progress(server: RawServer) -> str:
    """Answer the server's next request for a progress bar, and wait until it begins."""
    asked = server.wait_for(lambda m: m.get("method") == "window/workDoneProgress/create")
    server.send({"id": asked["id"], "result": None})
    told(server, asked["params"]["token"], "begin")
    return asked["params"]["token"]


def told(server: RawServer, token: str, kind: str) -> dict[str, Any]:
    def wanted(message: dict[str, Any]) -> bool:
        params = message.get("params", {})
        return (
            message.get("method") == "$/progress"
            and params["token"] == token
            and params["value"]["kind"] == kind
        )

    return server.wait_for(wanted)["params"]["value"]


def test_late_failure_is_in_the_log_and_the_next_hover(server: RawServer, opened: Path) -> None:
    server.open(URI, f"# BREAK\n# GATE {opened}\n" + python_function("secret_word"))
    assert "hover again in a moment" in hover(server, 2)
    token = progress(server)
    opened.touch()
    assert told(server, token, "end")["message"] == "The explanation failed: hover again to see why"
    end = time.monotonic() + PATIENCE
    while b"an explanation failed" not in server.errors and time.monotonic() < end:
        time.sleep(0.005)
    assert "No explanation (ValueError); the log has the details." in hover(server, 2)
    assert server.errors.count(b"in explain_late") == 1
    assert b"secret_word" not in server.errors


def test_nested_function_note_is_shown_along_with_the_waiting_note(server: RawServer, opened: Path) -> None:
    server.open(URI, f"# GATE {opened}\n" + NESTED)
    line = 1 + NESTED.split("\n").index("    def inner(value):")
    text = hover(server, line)
    assert "inner is judged as part of this function" in text
    assert "hover again in a moment" in text
    token = progress(server)
    opened.touch()
    told(server, token, "end")


def test_cancelling_one_explanation_leaves_the_others(server: RawServer, opened: Path) -> None:
    server.open(URI, f"# GATE {opened}\n" + "\n\n".join(map(python_function, ("one", "two"))))
    explained = server.ask_command("codeorigin.explain", URI, {"line": 1, "character": 4})
    token = progress(server)
    attributions = server.ask("codeorigin/attributions", {"textDocument": {"uri": URI}})
    server.status()
    server.notify("window/workDoneProgress/cancel", {"token": token})
    assert server.answer(explained)["result"]["message"] == "no explanation: cancelled"
    opened.touch()
    functions = server.answer(attributions)["result"]["functions"]
    assert [each["name"] for each in functions] == ["one", "two"]
    assert all(each["explanation"]["lines"] for each in functions)


def test_cancelled_command_stops_its_work(server: RawServer, opened: Path) -> None:
    server.open(URI, f"# GATE {opened}\n" + python_function("cancelled"))
    explained = server.ask_command("codeorigin.explain", URI, {"line": 1, "character": 4})
    token = progress(server)
    server.notify("$/cancelRequest", {"id": explained})
    assert server.answer(explained)["error"]["code"] == -32800
    told(server, token, "end")
    end = time.monotonic() + PATIENCE
    while server.status()["queue"] and time.monotonic() < end:
        time.sleep(0.005)
    assert server.status()["queue"] == 0
