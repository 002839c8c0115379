"""The server process: exit codes, no orphans, contained failures, nothing but LSP on stdout."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.server.lsp.editor import python_function
from tests.server.lsp.raw import PATIENCE, RawServer, serving

from codeorigin.lsp.connection import process_watch
from codeorigin.model.bundle import default_model_dir

FAULTY = (sys.executable, str(Path(__file__).with_name("faulty_server.py")))
URI = "file:///project/a.py"


def sleeper() -> subprocess.Popen[bytes]:
    """A process that stands in for the client."""
    return subprocess.Popen([sys.executable, "-c", "import time; time.sleep(3600)"])


def test_exit_after_shutdown_is_success() -> None:
    with serving() as server:
        assert server.status()


@pytest.mark.parametrize("initialized", [True, False])
def test_exit_without_shutdown_is_failure(initialized: bool) -> None:
    with RawServer() as server:
        if initialized:
            server.initialize()
        server.notify("exit", None)
        assert server.process.wait(PATIENCE) == 1


def test_end_of_input_stops_the_server() -> None:
    with RawServer() as server:
        server.initialize()
        server.process.stdin.close()
        assert server.process.wait(PATIENCE) == 1


def test_killed_client_leaves_no_server_behind() -> None:
    client = sleeper()
    try:
        with RawServer() as server:
            server.initialize(process_id=client.pid)
            server.status()
            client.send_signal(signal.SIGKILL)
            client.wait()
            # Its input stays open: only watching the client's process can notice.
            assert server.process.wait(PATIENCE) == 1
    finally:
        client.kill()


def test_client_process_that_is_not_visible_is_not_watched() -> None:
    client = sleeper()
    client.kill()
    client.wait()
    with serving(process_id=client.pid) as server:
        server.status()
        time.sleep(1.5 * process_watch.POLL_SECONDS)
        assert server.process.poll() is None


def test_worker_exceptions_do_not_stop_the_server() -> None:
    with RawServer(command=FAULTY) as server:
        server.initialize()
        for number in range(3):
            server.open(f"file:///project/raise_{number}.py", f"# RAISE\n{python_function('secret_name')}")
        shown = server.told("window/showMessage")
        assert shown["type"] == 1
        assert shown["message"] == "CodeOrigin: scoring a document failed (ValueError); the log says where"
        server.open("file:///project/exit.py", "# EXIT\n")
        assert "RuntimeError" in server.told("window/showMessage")["message"]
        server.open(URI, python_function("still_alive"))
        assert [each["data"]["name"] for each in server.findings(URI)] == ["still_alive"]
        assert server.leave() == 0
        again = [m for m in server.unread if m.get("method") == "window/showMessage"]
        assert again == []
    assert b"misbehave" in server.errors
    assert b"secret_name" not in server.errors


def test_running_work_does_not_delay_the_shutdown() -> None:
    with serving(command=FAULTY) as server:
        server.open(URI, "# HANG\n")
        while b"hanging" not in server.errors:
            time.sleep(0.01)


def test_server_answers_while_the_worker_is_busy() -> None:
    with serving(command=FAULTY) as server:
        server.open(URI, "# HANG\n")
        while b"hanging" not in server.errors:
            time.sleep(0.01)
        assert server.status()["queue"] == 1
        hover = {"textDocument": {"uri": URI}, "position": {"line": 0, "character": 0}}
        request = server.ask("textDocument/hover", hover)
        server.notify("$/cancelRequest", {"id": request})
        assert server.answer(request)["error"]["code"] == -32800


def test_status_notifications_can_be_switched_off() -> None:
    for wanted in (True, False):
        with RawServer() as server:
            server.initialize(options={"statusNotifications": wanted})
            server.open(URI, python_function("f"))
            assert server.findings(URI)
            assert server.leave() == 0
            while not server.messages.empty():
                server.unread.append(server.messages.get())
            assert any(m.get("method") == "codeorigin/status" for m in server.unread) is wanted


def test_stray_output_does_not_reach_the_client() -> None:
    with serving(command=FAULTY) as server:
        server.open(URI, f"# PRINT\n{python_function('printed')}")
        assert [each["data"]["name"] for each in server.findings(URI)] == ["printed"]
    assert server.stray == b""
    assert b"a stray print" in server.errors
    assert b"a stray write" in server.errors


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
