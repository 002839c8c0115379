"""What may import what: no cycles, and lower layers know nothing about those above them."""

import ast
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import codeorigin

_ROOT = Path(codeorigin.__file__).parent
_PREFIX = "codeorigin."

# Every room, from the bottom to the top, and the rooms that it knows. A room is a folder, or a module at the root.
_ROOMS: dict[str, set[str]] = {
    "errors": set(),
    "termination": set(),
    "cancellation": {"errors"},
    "safe_path": set(),
    "processes": {"safe_path", "termination"},
    "text": {"errors", "termination"},
    "languages": {"cancellation", "errors", "text"},
    "model": {"cancellation", "errors", "languages", "text"},
    "language_id": {"errors", "languages", "model", "text"},
    "functions": {"cancellation", "errors", "language_id", "languages", "text"},
    "explain": {"cancellation", "errors", "languages", "model", "text"},
    "git": {"cancellation", "errors", "termination", "text"},
    "declared": {"cancellation", "errors", "git", "text"},
    "analysis": {"cancellation", "errors", "explain", "functions", "languages", "model", "text"},
    "past": {
        "analysis",
        "cancellation",
        "declared",
        "errors",
        "functions",
        "git",
        "languages",
        "model",
        "text",
    },
    "settings": {"errors", "explain", "languages", "model", "text"},
}
_LOWER = {"": {"analysis"}, **_ROOMS}
# The features: `wording` has the sentences of all of them, `cli` the shell that starts them.
_FEATURES: dict[str, set[str]] = {
    "wording": {"history", "provenance"},
    "pages": {"wording"},
    "check": {"cli", "pages", "provenance", "wording"},
    "history": {"check", "cli", "pages", "provenance", "wording"},
    "fleet": {"cli", "history", "pages", "wording"},
    "lsp": {"", "wording"},
    "provenance": {"check", "cli", "history", "pages", "wording"},
    "cli": {"check", "fleet", "history", "lsp", "provenance", "wording"},
}


def _name(path: Path) -> str:
    parts = path.relative_to(_ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def _modules() -> dict[str, ast.Module]:
    return {_name(path): ast.parse(path.read_text(encoding="utf-8")) for path in sorted(_ROOT.rglob("*.py"))}


def _imported(tree: ast.Module) -> Iterator[str]:
    """Everything that a module imports, including imports inside functions and for types only."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _own(tree: ast.Module) -> set[str]:
    """The modules of CodeOrigin that a module imports, without the prefix."""
    found = set()
    for name in _imported(tree):
        if name.startswith(_PREFIX):
            inside = name.removeprefix(_PREFIX)
            found.add(inside if inside in _modules() else inside.rpartition(".")[0])
    return found


@cache
def _imports() -> dict[str, set[str]]:
    return {module: _own(tree) for module, tree in _modules().items()}


def _room(module: str) -> str:
    return module.partition(".")[0]


def _below(module: str, roots: tuple[str, ...]) -> bool:
    return any(module == root or module.startswith(f"{root}.") for root in roots)


def test_imports_have_no_cycles() -> None:
    try:
        TopologicalSorter(_imports()).prepare()
    except CycleError as error:
        pytest.fail(f"a circle of imports: {' <- '.join(error.args[1])}")


def _rooms_known(room: str) -> set[str]:
    """The rooms from which the modules of ``room`` import."""
    return {
        _room(each) for module, imported in _imports().items() if _room(module) == room for each in imported
    } - {room}


def test_every_room_has_its_place() -> None:
    assert {_room(module) for module in _modules()} == {*_LOWER, *_FEATURES, "__main__"}


@pytest.mark.parametrize("room", _LOWER)
def test_a_room_imports_only_from_the_rooms_that_it_knows(room: str) -> None:
    assert _rooms_known(room) <= _LOWER[room]


@pytest.mark.parametrize("feature", _FEATURES)
def test_a_feature_imports_only_from_lower_rooms_and_the_features_that_it_knows(feature: str) -> None:
    assert _rooms_known(feature) <= {*_ROOMS, *_FEATURES[feature]}


def test_features_take_plain_values_of_the_model_and_leave_scoring_to_the_analyzer() -> None:
    plain = (
        "model.bundle",
        "model.calibration",
        "model.past",
        "model.verdict",
        "explain.explanation",
    )
    inside = {
        (module, each)
        for module, imported in _imports().items()
        if _room(module) in _FEATURES
        for each in imported
        if _room(each) in {"model", "explain"} and not _below(each, plain)
    }
    # The state of a history keeps the raw scores of functions.
    assert inside == {("history.blob_functions", "model.scoring.features")}


_SERVER_LAYERS = (
    ("lsp.connection", "lsp.documents"),
    ("lsp.scoring",),
    ("lsp.session", "lsp.status"),
    ("lsp.server",),
    ("lsp.features",),
    ("lsp.app",),
)


@pytest.mark.parametrize("height", range(len(_SERVER_LAYERS)))
def test_server_layer_imports_none_above_it(height: int) -> None:
    above = tuple(root for layer in _SERVER_LAYERS[height + 1 :] for root in layer)
    knowing = {
        (module, each)
        for module, imported in _imports().items()
        if _below(module, _SERVER_LAYERS[height])
        for each in imported
        if _below(each, above)
    }
    assert knowing == set()


def test_every_module_of_the_server_is_in_a_layer() -> None:
    roots = tuple(root for layer in _SERVER_LAYERS for root in layer)
    assert [name for name in _modules() if _below(name, ("lsp",)) and not _below(name, (*roots,))] == ["lsp"]
    assert all(any(_below(name, (root,)) for name in _modules()) for root in roots)


def test_nothing_is_imported_from_the_training_code() -> None:
    assert {
        module
        for module, tree in _modules().items()
        if any(
            name.partition(".")[0] in {"codeorigin_training", "torch", "transformers"}
            for name in _imported(tree)
        )
    } == set()
