"""What the server relies on in pygls and lsprotocol besides their public parts."""

import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from pygls.lsp.server import LanguageServer
from pygls.workspace import TextDocument, Workspace

SERVER = LanguageServer("test", "1")
PRIVATE_NAMES: list[tuple[object, str]] = [
    (SERVER, "_text_document_sync_kind"),
    (
        SERVER.protocol,
        "_execute_handler _request_futures _send_data _send_response _server _shutdown _workspace",
    ),
    (TextDocument("file:///a.py", ""), "_position_codec _source"),
    (Workspace(None), "_create_text_document _position_codec _sync_kind"),
]


@pytest.mark.parametrize(("theirs", "names"), PRIVATE_NAMES)
def test_private_names_of_pygls_exist_in_its_one_minor_version(theirs: object, names: str) -> None:
    assert [name for name in names.split() if not hasattr(theirs, name)] == []
    project = tomllib.loads((Path(__file__).parents[4] / "pyproject.toml").read_text(encoding="utf-8"))
    assert "pygls>=2.1,<2.2" in project["project"]["dependencies"]


_DESCRIBE = """
import inspect, json, re, sys
if sys.argv[1] == "deferred":
    from codeorigin.lsp.connection.deferred_types import unfinished
    from codeorigin.lsp.server import CodeOriginServer
    from lsprotocol import types

    server = CodeOriginServer()
    capabilities = {"textDocument": {"hover": {"contentFormat": ["markdown"]}}}
    params = {"processId": None, "rootUri": None, "capabilities": capabilities}
    server.protocol._converter.structure(params, types.InitializeParams)
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
print(json.dumps(said))
"""


def _run(script: str, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_types_are_built_on_first_use_few_of_them_for_initialize_and_are_those_of_lsprotocol() -> None:
    deferred = json.loads(_run(_DESCRIBE, "deferred"))
    assert len(deferred) > 500
    assert deferred == json.loads(_run(_DESCRIBE, "at once"))


def test_simultaneous_first_use_by_several_threads_works() -> None:
    assert json.loads(_run(f"import json{_IN_THREADS}")) == ["ok"] * 8 * 40
