"""The server process: exit codes, no orphans, contained failures, nothing but LSP on stdout."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.server.lsp.editor import python_function
from tests.server.lsp.raw import FAULTY, PATIENCE, RawServer, serving

from codeorigin.model.bundle import default_model_dir
from support.waiting import wait_for

URI = "file:///project/a.py"


def test_end_of_input_stops_the_server() -> None:
    with RawServer() as server:
        server.initialize()
        server.process.stdin.close()
        assert server.process.wait(PATIENCE) == 1


@pytest.fixture(scope="module")
def faulty() -> Iterator[RawServer]:
    with serving(command=FAULTY) as server:
        yield server


def test_worker_exceptions_do_not_stop_the_server(faulty: RawServer) -> None:
    for number in range(3):
        faulty.open(f"file:///project/raise_{number}.py", f"# RAISE\n{python_function('secret_name')}")
    shown = faulty.told("window/showMessage")
    assert shown["type"] == 1
    assert shown["message"] == "CodeOrigin: scoring a document failed (ValueError); the log says where"
    faulty.open("file:///project/exit.py", "# EXIT\n")
    assert "RuntimeError" in faulty.told("window/showMessage")["message"]
    faulty.open(URI, python_function("still_alive"))
    assert [each["data"]["name"] for each in faulty.findings(URI)] == ["still_alive"]
    assert [m for m in faulty.unread if m.get("method") == "window/showMessage"] == []
    assert b"misbehave" in faulty.errors
    assert b"secret_name" not in faulty.errors


def test_stray_output_does_not_reach_the_client(faulty: RawServer) -> None:
    uri = "file:///project/print.py"
    faulty.open(uri, f"# PRINT\n{python_function('printed')}")
    assert [each["data"]["name"] for each in faulty.findings(uri)] == ["printed"]
    assert faulty.stray == b""
    wait_for(
        lambda: b"a stray print" in faulty.errors and b"a stray write" in faulty.errors, what="the output"
    )


def test_work_that_does_not_end_delays_neither_answers_nor_the_shutdown() -> None:
    with serving(command=FAULTY) as server:
        server.open(URI, "# HANG\n")
        wait_for(lambda: b"hanging" in server.errors, what="the work")
        assert server.status()["queue"] == 1
        hover = {"textDocument": {"uri": URI}, "position": {"line": 0, "character": 0}}
        request = server.ask("textDocument/hover", hover)
        server.notify("$/cancelRequest", {"id": request})
        assert server.answer(request)["error"]["code"] == -32800


def test_verdicts_of_a_slow_model_are_shown_function_by_function(tiny_model_dir: Path) -> None:
    names = ["first", "second", "third"]
    environment, options = {**os.environ, "SLOW": "1"}, {"modelPath": str(tiny_model_dir)}
    with serving(command=FAULTY, environment=environment, options=options) as server:
        server.open(URI, "\n\n".join(python_function(name, step) for step, name in enumerate(names, 2)))
        shown: list[list[str]] = []
        while names not in shown:
            shown.append([each["data"]["name"] for each in server.findings(URI)])
        # On a busy machine, the first step may end before a function is scored.
        assert list(filter(None, shown)) == [names[:1], names[:2], names]
        assert server.hover(URI)["range"]["start"]["line"] == 0
        answer = server.command("codeorigin.rescore", URI)
        assert [each["name"] for each in answer["functions"]] == names


def test_model_load_failure_is_shown_once_and_can_be_fixed(tmp_path: Path) -> None:
    with serving(options={"modelPath": str(tmp_path / "nowhere")}) as server:
        shown = server.told("window/showMessage")
        assert shown["type"] == 1
        assert "\n" not in shown["message"]
        for number in range(3):
            server.open(f"file:///project/{number}.py", python_function("f"))
        assert server.hover("file:///project/0.py") is None
        status = server.status()
        assert status["state"] == "error"
        assert f"CodeOrigin: {status['message']}" == shown["message"]
        quiet, uri = {"quiet": True}, "file:///project/0.py"
        explained = server.command("codeorigin.explain", uri, {"line": 0, "character": 5}, quiet)
        assert explained["message"] == f"no explanation: {status['message']}"
        accepted = server.command("codeorigin.acceptFindings", uri, None, quiet)
        assert "open the folder" in accepted["message"]
        assert [m for m in server.unread if m.get("method") == "window/showMessage"] == []
        server.configure(threshold=0.0)
        server.command("codeorigin.rescore", "file:///project/0.py")
        server.configure(threshold=0.0, modelPath=str(default_model_dir()))
        assert [each["data"]["name"] for each in server.findings("file:///project/1.py")] == ["f"]
        assert server.status()["state"] in {"ready", "busy"}


def test_log_contains_no_document_text(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    with serving("--log-file", str(log)) as server:
        text = python_function("hidden_word")
        server.open(URI, text)
        assert server.findings(URI)
        server.write(b"Content-Length: 20\r\n\r\n{hidden_word: broken}")
        server.send({"id": "x", "method": "textDocument/hover", "params": {"textDocument": "hidden_word"}})
        server.notify(
            "textDocument/didChange", {"textDocument": {"uri": URI}, "contentChanges": "hidden_word"}
        )
        server.change("file:///project/hidden_word.py", 3, {"text": text})
        server.notify("hidden_word/unknown", {"hidden_word": text})
        server.command("codeorigin.explain", URI, {"line": 0, "character": 5})
    written = log.read_bytes()
    assert b"could not be read" in written
    assert b"hidden_word" not in written
    assert b"hidden_word" not in server.errors
