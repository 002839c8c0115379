"""What the documents show: their fenced blocks, as they are written, and the commands in them."""

import re
import shlex
import subprocess
from pathlib import Path

from support.command import ROOT, run

DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("training/*.md")])
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(language: str, document: Path) -> list[str]:
    """The blocks of ``document`` in ``language``, in order."""
    return [body for name, body in BLOCK.findall(document.read_text("utf-8")) if name == language]


def run_line(line: str, folder: Path) -> subprocess.CompletedProcess[bytes]:
    """Run a documented command line, perhaps with a file as its input, in this process and in ``folder``."""
    line, _, given = line.partition(" < ")
    program, *arguments = shlex.split(line.removeprefix("python -I -m "), comments=True)
    assert program == "codeorigin"
    return run(*arguments, cwd=folder, stdin=(folder / given).read_bytes() if given else b"")
