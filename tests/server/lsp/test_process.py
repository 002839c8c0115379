"""The server process: exit codes, no orphans, nothing but LSP on stdout, no document text in its log."""

from pathlib import Path

from tests.server.lsp.editor import python_function
from tests.server.lsp.raw import FAULTY, PATIENCE, RawServer, serving

from support.waiting import wait_for

URI = "file:///project/a.py"


def test_end_of_input_stops_the_server() -> None:
    with RawServer() as server:
        server.initialize()
        server.process.stdin.close()
        assert server.process.wait(PATIENCE) == 1


def test_stray_output_and_texts_of_failures_do_not_reach_the_client_and_the_log() -> None:
    with serving(command=FAULTY) as server:
        server.open("file:///project/fails.py", "# RAISE\nhidden_word\n")
        server.open(URI, f"# PRINT\n{python_function('printed')}")
        assert [each["data"]["name"] for each in server.findings(URI)] == ["printed"]
        for said in (b"in misbehave", b"a stray print", b"a stray write"):
            wait_for(lambda said=said: said in server.errors, what="the output")
    assert b"hidden_word" not in server.errors


def test_work_that_does_not_end_delays_neither_answers_nor_the_shutdown() -> None:
    with serving(command=FAULTY) as server:
        server.open(URI, "# HANG\n")
        wait_for(lambda: b"hanging" in server.errors, what="the work")
        assert server.status()["queue"] == 1
        hover = {"textDocument": {"uri": URI}, "position": {"line": 0, "character": 0}}
        request = server.ask("textDocument/hover", hover)
        server.notify("$/cancelRequest", {"id": request})
        assert server.answer(request)["error"]["code"] == -32800


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
