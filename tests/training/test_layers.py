"""Which training packages may import which: no cycles, and measuring does not know the report made from it."""

import ast
import re
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import codeorigin_training

_ROOT = Path(codeorigin_training.__file__).parent
_PREFIX = "codeorigin_training."


def _name(path: Path) -> str:
    parts = path.relative_to(_ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def _imports() -> dict[str, set[str]]:
    """The training modules that each training module imports, including imports inside functions."""
    trees = {_name(path): ast.parse(path.read_text(encoding="utf-8")) for path in sorted(_ROOT.rglob("*.py"))}
    found: dict[str, set[str]] = {}
    for module, tree in trees.items():
        names = [
            f"{node.module}.{alias.name}".removeprefix(_PREFIX)
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(_PREFIX)
            for alias in node.names
        ]
        found[module] = {name if name in trees else name.rpartition(".")[0] for name in names}
    return found


def _package(module: str) -> str:
    return module.partition(".")[0]


def test_there_are_no_import_cycles() -> None:
    try:
        TopologicalSorter(_imports()).prepare()
    except CycleError as error:
        pytest.fail(f"a circle of imports: {' <- '.join(error.args[1])}")


@pytest.mark.parametrize(
    ("package", "users"),
    [
        ("report", {"report", "bundle", "studies", "experiments"}),
        ("studies", {"studies", "experiments"}),
        ("bundle", {"bundle", "build"}),
    ],
)
def test_packages_are_imported_only_from_above(package: str, users: set[str]) -> None:
    known = {_package(module) for module, names in _imports().items() if package in map(_package, names)}
    assert known <= users


def test_data_imports_nothing_that_is_learnt() -> None:
    below = {name for module, names in _imports().items() if _package(module) == "data" for name in names}
    assert set(map(_package, below)) <= {"arrays", "configuration", "data", "files", "run", "tracking"}


def test_array_types_are_defined_in_one_place() -> None:
    spelled_out = re.compile(r"NDArray\[np\.(float64|float32|int64|int32|bool_)\]|^Tokens = ", re.MULTILINE)
    found = [
        path.relative_to(_ROOT).as_posix()
        for path in sorted(_ROOT.rglob("*.py"))
        if spelled_out.search(path.read_text(encoding="utf-8"))
    ]
    assert found == ["arrays.py"]


def test_gradient_training_goes_through_the_library() -> None:
    """No loop is written by hand."""
    found = {
        path.relative_to(_ROOT).as_posix()
        for path in sorted(_ROOT.rglob("*.py"))
        if re.search(r"\.backward\(", path.read_text(encoding="utf-8"))
    }
    assert not found
