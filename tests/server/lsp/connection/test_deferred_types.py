"""LSP types are built on first use, and are then the same as those that lsprotocol builds at once."""

import copy
import json
import subprocess
import sys

import attrs
import pytest
from lsprotocol import _hooks, types

import codeorigin.lsp  # noqa: F401 (it is what defers them)

_AT_INITIALIZE = """
from codeorigin.lsp.connection.deferred_types import unfinished
from codeorigin.lsp.handlers import register_all
from codeorigin.lsp.server import CodeOriginServer
from lsprotocol import types

server = CodeOriginServer()
register_all(server)
capabilities = {"textDocument": {"hover": {"contentFormat": ["markdown"]}}, "workspace": {"configuration": True}}
params = {"processId": None, "rootUri": None, "capabilities": capabilities}
server.protocol._converter.structure(params, types.InitializeParams)
print(unfinished())
"""

_DESCRIBE = """
import inspect, json, re, sys
if sys.argv[1] == "deferred":
    import codeorigin.lsp
    from codeorigin.lsp.connection.deferred_types import unfinished
    assert unfinished() > 500
import attrs
from lsprotocol import converters, types

converters.get_converter()
found = {}
for name, cls in types.ALL_TYPES_MAP.items():
    if isinstance(cls, type) and attrs.has(cls):
        found[name] = [
            [field.name, field.alias, repr(field.type), repr(field.default), repr(field.validator), field.kw_only]
            for field in attrs.fields(cls)
        ]
        parameters = list(inspect.signature(cls).parameters)
        found[name] += [parameters, cls.__eq__ is object.__eq__, cls.__hash__ is None, list(cls.__match_args__)]
print(re.sub(' at 0x[0-9a-f]+', '', json.dumps(found)))
"""

_IN_THREADS = """
import sys, threading
sys.setswitchinterval(1e-6)
import codeorigin.lsp
import attrs
from lsprotocol import types

def use(cls, ready):
    ready.wait()
    try:
        cls(*range(30))
    except TypeError as error:
        expected = "positional arguments but 31 were given" in str(error) and bool(attrs.fields(cls))
        said.append("ok" if expected else str(error))

said = []
named = [cls for name, cls in vars(types).items() if name.endswith("Options") and isinstance(cls, type)][:40]
for cls in named:
    ready = threading.Barrier(8)
    threads = [threading.Thread(target=use, args=(cls, ready)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
print(*said)
"""


def _run(script: str, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_few_types_are_built_for_initialize() -> None:
    assert int(_run(_AT_INITIALIZE)) > 500


def test_deferred_types_match_those_of_lsprotocol() -> None:
    deferred = json.loads(_run(_DESCRIBE, "deferred"))
    assert len(deferred) > 500
    assert deferred == json.loads(_run(_DESCRIBE, "at once"))


def test_values_compare_print_and_validate_as_usual() -> None:
    start, end = types.Position(1, 2), types.Position(line=1, character=3)
    assert start < end
    assert start == copy.deepcopy(start)
    assert repr(types.Range(start, end)) == "1:2-1:3"
    assert attrs.evolve(end, character=2) == start
    with pytest.raises(ValueError, match="line"):
        types.Position(line=-1, character=0)
    with pytest.raises(TypeError, match="character"):
        types.Position(line=1)  # type: ignore[call-arg]


def test_subclass_can_be_built_before_its_base() -> None:
    @attrs.define
    class Extended(types.ColorPresentation):
        more: int = 1

    assert attrs.asdict(Extended("red", more=2))["more"] == 2


def test_simultaneous_first_use_by_several_threads_works() -> None:
    assert _run(_IN_THREADS).split() == ["ok"] * 8 * 40


def test_private_name_of_lsprotocol_exists() -> None:
    assert "_resolved_forward_references" in vars(_hooks)
