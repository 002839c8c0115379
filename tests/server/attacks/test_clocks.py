"""The wall clock may jump: nothing of ours waits, or gives up, by it."""

import ast
from pathlib import Path

import codeorigin

_NOW = {
    ("time", "time"),
    ("time", "time_ns"),
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
}
_SHOWN = ["report/origin.py"]
"""The date at the top of a page."""


def test_no_module_reads_the_wall_clock() -> None:
    root = Path(codeorigin.__file__).parent
    found = [
        f"{path.relative_to(root)}:{node.lineno}"
        for path in root.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and (ast.unparse(node.value).split(".")[-1], node.attr) in _NOW
    ]
    assert [place.split(":")[0] for place in found] == _SHOWN
