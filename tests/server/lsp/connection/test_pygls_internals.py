"""pygls' private names exist in the installed version, and all those in use are listed here.

The server uses them because pygls has no public equivalents. They may change in any release, so the dependency is
pinned to one minor version.
"""

import ast
import tomllib
from pathlib import Path

import pytest
from pygls.lsp.server import LanguageServer
from pygls.workspace import TextDocument, Workspace

from codeorigin.lsp import server as server_module
from codeorigin.lsp.connection import protocol as protocol_module
from codeorigin.lsp.documents import documents as documents_module

PRIVATE_NAMES: dict[str, set[str]] = {
    "LanguageServer": {"_text_document_sync_kind"},
    "LanguageServerProtocol": {
        "_execute_handler",
        "_request_futures",
        "_send_data",
        "_send_response",
        "_server",
        "_shutdown",
        "_workspace",
    },
    "TextDocument": {"_position_codec", "_source"},
    "Workspace": {"_create_text_document", "_position_codec", "_sync_kind"},
}
"""The names by the pygls class that has them."""
_SERVER = LanguageServer("test", "1")
_THEIRS = {
    "LanguageServer": _SERVER,
    "LanguageServerProtocol": _SERVER.protocol,
    "TextDocument": TextDocument("file:///a.py", ""),
    "Workspace": Workspace(None),
}
_EXTENDING = {
    server_module: {"LanguageServer", "LanguageServerProtocol"},
    protocol_module: {"LanguageServer", "LanguageServerProtocol"},
    documents_module: {"TextDocument", "Workspace"},
}


@pytest.mark.parametrize("kind", PRIVATE_NAMES)
def test_every_listed_name_exists(kind: str) -> None:
    assert {name for name in PRIVATE_NAMES[kind] if not hasattr(_THEIRS[kind], name)} == set()


@pytest.mark.parametrize("module", _EXTENDING, ids=lambda module: module.__name__)
def test_every_name_in_use_is_listed(module: object) -> None:
    tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))  # type: ignore[attr-defined]
    named = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    named |= {
        node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    private = {name for name in named if name.startswith("_") and not name.startswith("__")}
    kinds = _EXTENDING[module]  # type: ignore[index]
    theirs = {name for name in private for kind in kinds if hasattr(_THEIRS[kind], name)}
    assert theirs <= set().union(*(PRIVATE_NAMES[kind] for kind in kinds))


def test_pygls_is_pinned_to_a_minor_version() -> None:
    project = tomllib.loads((Path(__file__).parents[4] / "pyproject.toml").read_text(encoding="utf-8"))
    pins = [each for each in project["project"]["dependencies"] if each.startswith("pygls")]
    assert pins == ["pygls>=2.1,<2.2"]
