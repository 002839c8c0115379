"""One name for one thing: no two public classes of the server and the training package share a name."""

import ast
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_public_class_names_are_unique() -> None:
    modules: dict[str, list[str]] = defaultdict(list)
    for package in ("server/codeorigin", "training/codeorigin_training"):
        for path in sorted((ROOT / package).rglob("*.py")):
            for node in ast.parse(path.read_text(encoding="utf-8")).body:
                if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                    modules[node.name].append(str(path.relative_to(ROOT)))
    assert len(modules) > 300
    assert {name: found for name, found in modules.items() if len(found) > 1} == {}
