"""The library's client without handlers, and its values as plain Python objects."""

import json
from typing import Any, Union

import cattrs
import pytest_lsp
from lsprotocol import types
from pygls.protocol import default_converter


def converter() -> cattrs.Converter:
    """The library's converter, telling code actions from commands as the specification does."""
    made = default_converter()

    def action(value: Any, _: Any) -> Any:
        kind = types.Command if isinstance(value.get("command"), str) else types.CodeAction
        return made.structure(value, kind)

    made.register_structure_hook(Union[types.Command, types.CodeAction], action)  # noqa: UP007 - its key
    return made


def plain(value: Any) -> Any:
    """Turn pygls' named tuples for untyped JSON into dictionaries."""
    if hasattr(value, "_asdict"):
        return {key: plain(item) for key, item in value._asdict().items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


def make_client() -> pytest_lsp.LanguageClient:
    """A client without any handlers of its own."""
    return pytest_lsp.LanguageClient(converter_factory=converter)


def dump(value: Any) -> str:
    """JSON for the messages of failing tests."""
    return json.dumps(plain(value), default=str)
