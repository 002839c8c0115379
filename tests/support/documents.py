"""What the documents show: their fenced blocks, as they are written."""

import re
from pathlib import Path

from support.command import ROOT

DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("training/*.md")])
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(language: str, document: Path) -> list[str]:
    """The blocks of ``document`` in ``language``, in order."""
    return [body for name, body in BLOCK.findall(document.read_text("utf-8")) if name == language]
