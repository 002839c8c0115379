"""A real Emacs with the very lines of docs/editors.md."""

import json
import os
import subprocess
import sys
from pathlib import Path

from support.command import ROOT
from support.documents import blocks

PROBE = Path(__file__).with_name("probe.el")
PACKAGES = Path("/usr/share/emacs/site-lisp/elpa-src")


def test_findings_hover_edit_and_code_action(
    project: Path, quiet_home: dict[str, str], tmp_path: Path
) -> None:
    source, answer_file = project / "ledger.py", tmp_path / "answer.json"
    lines = source.read_text().splitlines()
    headers = [lines.index(line) + 1 for line in lines if line.startswith("def ") and "twice" not in line]
    [lines_of_document] = blocks("elisp", ROOT / "docs" / "editors.md")
    setup = tmp_path / "setup.el"
    setup.write_text(lines_of_document, "utf-8")
    # Every verdict is reported, so that nothing depends on the model's opinion; a project's file overrides the editor.
    (project / "codeorigin.toml").write_text("threshold = 0.0\n", "utf-8")
    environment = {
        **quiet_home,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "CODEORIGIN_SETUP": str(setup),
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
    assert all("likely LLM" in each["text"] for each in seen["opened"])
    # Emacs without markdown-mode asks for plain text.
    assert "**" not in seen["hover"]
    assert "An estimate, not proof. Whole explanation: `codeorigin explain ledger.py:27`" in seen["hover"]
    # The echo area has room for the first line.
    assert "Likely LLM - " in seen["echo"].splitlines()[0]
    assert seen["hook"]
    assert "unknown notification" not in done.stderr
    assert [each["line"] for each in seen["moved"]] == [line + 2 for line in headers]
    assert len(seen["ignored"]) == 1
    assert "codeorigin: ignore" in seen["text"]
