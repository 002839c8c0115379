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

# What fronts may import: the analyzer, and the plain values that it takes and returns.
_KNOWN_TO_FRONTS = (
    "accepted_findings",
    "analyzer",
    "batching",
    "cancellation",
    "changed_functions",
    "collector",
    "embedded",
    "errors",
    "explain.explanation",
    "fleet",
    "git",
    "history",
    "language_id",
    "languages",
    "limits",
    "model.change_verdict",
    "model.file_verdict",
    "model.verdict",
    "pieces",
    "report",
    "settings",
    "source",
    "spans",
    "termination",
    "wording",
    "worker_processes",
)
_MORE_FOR_ONE = {
    # It starts the other front.
    "cli.serve": ("lsp.app",),
    # It turns what it reads into verdicts.
    "cli.saved_report": ("model.promise",),
    # It names the model in the report, and stops at a broken one before a worker starts.
    "cli.check": ("model.bundle",),
    # It names the model, and stops at a broken one before a worker starts.
    "cli.scan": ("model.bundle",),
    # It passes the model's rules on, and weights functions as they do.
    "cli.changes": ("change_verdicts", "model.bundle", "model.pooled_rule"),
    # It checks the model and every grammar.
    "cli.doctor": ("functions", "model.bundle"),
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
    return found - {""}


@cache
def _imports() -> dict[str, set[str]]:
    return {module: _own(tree) for module, tree in _modules().items()}


def _layer(module: str) -> str:
    return module.partition(".")[0]


def _below(module: str, roots: tuple[str, ...]) -> bool:
    return any(module == root or module.startswith(f"{root}.") for root in roots)


def test_imports_have_no_cycles() -> None:
    try:
        TopologicalSorter(_imports()).prepare()
    except CycleError as error:
        pytest.fail(f"a circle of imports: {' <- '.join(error.args[1])}")


@pytest.mark.parametrize("front", ["lsp", "cli"])
def test_fronts_import_only_the_analyzer_and_plain_values(front: str) -> None:
    unwanted = {
        (module, each)
        for module, imported in _imports().items()
        if _layer(module) == front
        for each in imported
        if _layer(each) != front and not _below(each, (*_KNOWN_TO_FRONTS, *_MORE_FOR_ONE.get(module, ())))
    }
    assert unwanted == set()


def test_nothing_else_imports_a_front() -> None:
    knowing = {
        module
        for module, imported in _imports().items()
        if _layer(module) not in {"lsp", "cli", "__main__"}
        and any(_layer(each) in {"lsp", "cli"} for each in imported)
    }
    assert knowing == set()


@pytest.mark.parametrize(
    ("layer", "known"),
    [
        ("source", ("source", "languages", "errors", "termination")),
        ("languages", ("languages", "source", "errors", "cancellation")),
        ("function_spans", ("ignore_comments", "languages", "source", "spans", "cancellation")),
        ("functions", ("function_spans", "languages", "source", "spans", "cancellation")),
        ("language_id", ("language_id", "languages", "model.keywords", "model_folder", "source", "errors")),
        (
            "embedded",
            (
                "embedded",
                "cancellation",
                "errors",
                "explain.explanation",
                "language_id",
                "languages",
                "report",
                "source",
                "spans",
            ),
        ),
        ("top_level", ("ignore_comments", "languages", "source", "spans", "cancellation")),
        ("model", ("model", "model_folder", "source", "languages", "errors", "cancellation")),
        ("explain", ("explain", "model", "source", "languages", "errors", "cancellation")),
        ("git", ("git", "source", "errors", "cancellation", "termination")),
        ("model_folder", ("errors",)),
        ("report", ("spans", "model.change_verdict", "model.verdict", "model.file_verdict")),
        ("changed_functions", ("report",)),
        (
            "found_functions",
            (
                "function_reports",
                "functions",
                "languages",
                "model.verdict",
                "source",
                "spans",
                "cancellation",
            ),
        ),
        ("scored_functions", ("cache", "model", "cancellation")),
        ("cached_explainer", ("cache", "embedded", "explain", "languages", "spans", "cancellation")),
        ("change_verdicts", ("model",)),
        ("pieces", ("changed_functions", "embedded", "languages", "source")),
        ("worker_processes", ("termination",)),
        ("termination", ()),
        (
            "fleet",
            (
                "fleet",
                "analyzer",
                "errors",
                "git",
                "history",
                "languages",
                "model",
                "pieces",
                "source.regular_files",
                "wording.histories",
                "worker_processes",
            ),
        ),
        (
            "history",
            (
                "history",
                "analyzer",
                "changed_functions",
                "collector",
                "errors",
                "explain.explanation",
                "git",
                "languages",
                "model",
                "pieces",
                "report",
                "source",
                "worker_processes",
            ),
        ),
        (
            "wording",
            (
                "wording",
                "report",
                "history.results",
                "history.totals",
                "limits",
                "model.change_verdict",
                "model.verdict",
                "model.file_verdict",
                "model.promise",
                "explain.explanation",
            ),
        ),
    ],
)
def test_layer_imports_only_what_is_below_it(layer: str, known: tuple[str, ...]) -> None:
    modules = [module for module in _imports() if _layer(module) == layer]
    assert modules
    unwanted = {
        (module, each) for module in modules for each in _imports()[module] if not _below(each, known)
    }
    assert unwanted == set()


_SERVER_LAYERS = (
    ("lsp.connection", "lsp.documents", "lsp.settings"),
    ("lsp.scoring",),
    ("lsp.presentation",),
    ("lsp.session", "lsp.status"),
    ("lsp.server",),
    ("lsp.handlers",),
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
