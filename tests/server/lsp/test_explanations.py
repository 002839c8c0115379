"""Explanations in progress: cancelled when nobody waits or the document changes, late, or failing."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.server.lsp.editor import hover_rows, python_function
from tests.server.lsp.raw import FAULTY, RawServer

from support.waiting import wait_for

URI = "file:///project/a.py"
CANCELLED = -32800
NESTED = python_function("outer").replace(
    "    total = 0\n", "    total = 0\n\n    def inner(value):\n        return value\n\n"
)


class Explained:
    """A document whose explanations wait until ``gate`` exists, and fail if its text says so."""

    def __init__(self, server: RawServer, gate: Path) -> None:
        self.server = server
        self.gate = gate

    def open(self, code: str, *marks: str) -> int:
        """Open the document; return the line on which its code begins."""
        self.text = "".join(f"# {mark}\n" for mark in (*marks, f"GATE {self.gate}")) + code
        self.server.open(URI, self.text)
        return len(marks) + 1

    def edit(self, text: str) -> None:
        self.server.change(URI, 1, {"text": text})

    def hover(self, line: int) -> str:
        return self.server.hover(URI, line, 9)["contents"]["value"]

    def ask(self, line: int) -> int:
        """Ask for an explanation; return the request's id."""
        return self.server.ask_command(
            "codeorigin.explain", URI, {"line": line, "character": 4}, {"quiet": True}
        )

    def progress(self) -> str:
        """Answer the server's next request for a progress bar, and wait until it begins."""
        asked = self.server.wait_for(lambda m: m.get("method") == "window/workDoneProgress/create")
        self.server.send({"id": asked["id"], "result": None})
        token = asked["params"]["token"]
        self.told(token, "begin")
        return token

    def told(self, token: str, kind: str) -> dict[str, Any]:
        def wanted(message: dict[str, Any]) -> bool:
            value = message.get("params", {}).get("value", {})
            return (
                message.get("method") == "$/progress"
                and message["params"]["token"] == token
                and value["kind"] == kind
            )

        return self.server.wait_for(wanted)["params"]["value"]

    def ended(self, token: str) -> str | None:
        """What the progress bar says at its end."""
        return self.told(token, "end").get("message")

    def begun(self) -> None:
        """Wait until an explanation is being computed."""
        self.logged("explaining")

    def logged(self, text: str) -> None:
        wait_for(lambda: text.encode() in self.server.errors, what=text)

    def stopped(self) -> None:
        """Wait until the worker has nothing to do, without the gate."""
        assert not self.gate.exists()
        wait_for(lambda: not self.server.status()["queue"], what="a free worker")


@pytest.fixture(scope="module")
def server() -> Iterator[RawServer]:
    with RawServer(command=FAULTY) as running:
        running.initialize(capabilities={"window": {"workDoneProgress": True}}, options={"hoverTimeout": 0})
        yield running
        assert running.leave() == 0


@pytest.fixture
def explained(server: RawServer, tmp_path: Path) -> Iterator[Explained]:
    server.errors = b""
    yield Explained(server, tmp_path / "gate")
    server.close(URI)
    server.status()
    server.unread.clear()


def test_identical_requests_are_cancelled_one_by_one_and_have_one_answer(explained: Explained) -> None:
    line = explained.open(python_function("shared"))
    first, second = explained.ask(line), explained.ask(line)
    explained.begun()
    explained.server.notify("$/cancelRequest", {"id": first})
    assert explained.server.answer(first)["error"]["code"] == CANCELLED
    wait_for(lambda: explained.server.status()["queue"] == 1, what="the end of the first request's work")
    explained.server.notify("$/cancelRequest", {"id": second})
    assert explained.server.answer(second)["error"]["code"] == CANCELLED
    explained.stopped()
    asked = [explained.ask(line) for _ in range(3)]
    explained.gate.touch()
    answers = [explained.server.result(each)["explanation"] for each in asked]
    assert answers[0]["lines"]
    assert (
        answers[0] == answers[1] == answers[2] == explained.server.result(explained.ask(line))["explanation"]
    )


def test_edit_stops_the_work_and_removes_the_progress_bar(explained: Explained) -> None:
    line = explained.open(python_function("edited"))
    asked = explained.ask(line)
    explained.progress()
    explained.begun()
    assert "hover again in a moment" in explained.hover(line)
    token = explained.progress()
    explained.edit("x = 1\n")
    assert explained.ended(token) is None
    assert explained.server.result(asked)["message"] == "no explanation: cancelled"
    explained.stopped()


def test_late_explanation_continues_with_one_progress_bar(explained: Explained) -> None:
    line = explained.open(python_function("late"))
    assert "hover again in a moment" in explained.hover(line)
    assert "hover again in a moment" in explained.hover(line)
    token = explained.progress()
    explained.gate.touch()
    assert explained.ended(token) == "The explanation is ready: hover again"
    assert hover_rows(explained.hover(line))
    assert not [m for m in explained.server.unread if "rogress" in m.get("method", "")]


def test_user_can_cancel_with_the_progress_bar(explained: Explained) -> None:
    line = explained.open(python_function("unwanted"))
    explained.hover(line)
    token = explained.progress()
    explained.begun()
    explained.server.notify("window/workDoneProgress/cancel", {"token": token})
    assert explained.ended(token) is None
    explained.stopped()


@pytest.mark.parametrize("by_hover", [True, False])
def test_cancelling_one_explanation_leaves_the_others(explained: Explained, by_hover: bool) -> None:
    names = ["one", "two"] if by_hover else ["three", "four"]
    line = explained.open("\n\n".join(map(python_function, names)))
    if by_hover:
        explained.hover(line)
    else:
        asked = explained.ask(line)
    token = explained.progress()
    attributions = explained.server.ask("codeorigin/attributions", {"textDocument": {"uri": URI}})
    explained.server.status()
    explained.server.notify("window/workDoneProgress/cancel", {"token": token})
    assert explained.ended(token) is None
    if not by_hover:
        assert explained.server.result(asked)["message"] == "no explanation: cancelled"
    explained.gate.touch()
    functions = explained.server.result(attributions)["functions"]
    assert [each["name"] for each in functions] == names
    assert all(each["explanation"]["lines"] for each in functions)


def test_late_failure_is_logged_and_shown_by_the_next_hover(explained: Explained) -> None:
    line = explained.open(python_function("secret_word"), "BREAK")
    explained.hover(line)
    token = explained.progress()
    explained.gate.touch()
    assert explained.ended(token) == "The explanation failed: hover again to see why"
    explained.logged("an explanation failed")
    assert "No explanation (ValueError); the log has the details." in explained.hover(line)
    # For the hover, and where the finding was explained before it; not again for the second hover.
    assert explained.server.errors.count(b"in explain_late") in {1, 2}
    assert b"secret_word" not in explained.server.errors


def test_late_failure_is_forgotten_when_its_text_changes(explained: Explained) -> None:
    line = explained.open(python_function("repaired"), "BREAK")
    explained.hover(line)
    token = explained.progress()
    explained.gate.touch()
    explained.ended(token)
    explained.edit(explained.text.replace("BREAK", "whole"))
    assert "No explanation" not in explained.hover(line)
    wait_for(lambda: hover_rows(explained.hover(line)), what="an explanation")


def test_nested_function_note_is_shown_along_with_the_waiting_note(explained: Explained) -> None:
    line = explained.open(NESTED) + NESTED.split("\n").index("    def inner(value):")
    text = explained.hover(line)
    assert "inner is judged as part of this function" in text
    assert "hover again in a moment" in text
    explained.server.command("codeorigin.status")
    explained.gate.touch()
