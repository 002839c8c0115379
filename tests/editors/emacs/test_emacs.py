"""The shipped eglot configuration in a real Emacs."""

import json
import subprocess
import sys
from pathlib import Path

EDITORS = Path(__file__).parents[3] / "editors"
PROBE = Path(__file__).with_name("probe.el")
PACKAGES = Path("/usr/share/emacs/site-lisp/elpa-src")


def test_findings_hover_explanation_edit_and_code_action(
    project: Path, quiet_home: dict[str, str], server_settings: dict[str, object], tmp_path: Path
) -> None:
    source, answer_file = project / "ledger.py", tmp_path / "answer.json"
    lines = source.read_text().splitlines()
    headers = [lines.index(line) + 1 for line in lines if line.startswith("def ") and "twice" not in line]
    environment = {
        **quiet_home,
        "CODEORIGIN_EDITORS": str(EDITORS),
        "CODEORIGIN_COMMAND": json.dumps([sys.executable, "-m", "codeorigin", "serve"]),
        "CODEORIGIN_SETTINGS": json.dumps(server_settings),
        "CODEORIGIN_FILE": str(source),
        "CODEORIGIN_ANSWER": str(answer_file),
    }
    # Debian's eglot is a package of its own; later versions of Emacs include it.
    paths = [part for folder in sorted(PACKAGES.glob("*-*")) for part in ("-L", str(folder))]
    command = ["emacs", "-Q", "--batch", *paths, "-l", str(PROBE)]
    done = subprocess.run(
        command, cwd=project, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    seen = json.loads(answer_file.read_text())

    assert [each["line"] for each in seen["opened"]] == headers
    assert all("reads like LLM-written code" in each["text"] for each in seen["opened"])
    assert "An estimate, not proof. Whole explanation: codeorigin explain ledger.py:27" in seen["hover"]
    assert "strongest evidence" in seen["explained"]
    assert [each["line"] for each in seen["moved"]] == [line + 2 for line in headers]
    assert len(seen["ignored"]) == 1
    assert "codeorigin: ignore" in seen["text"]
