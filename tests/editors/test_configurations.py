"""The shipped configurations know every language and kind of document that the server reads."""

import json
import re
import tomllib

from codeorigin.languages import LANGUAGES, get_language
from codeorigin.lsp.documents.snapshot import UNNAMED
from support.command import ROOT
from support.documents import blocks

PROPERTIES = json.loads((ROOT / "server/codeorigin/settings/settings.schema.json").read_text())[
    "properties"
].keys()
NVIM = ROOT / "editors" / "nvim" / "lsp" / "codeorigin.lua"
EDITORS = ROOT / "docs" / "editors.md"
# Editors' names for languages that differ from the protocol's.
OWN_NAMES = {"cs": "csharp"}


NAME = re.compile(r"code[ _-]?origin", re.IGNORECASE)
DOCUMENTS = {*LANGUAGES, "unnamed"}


def kinds(names: list[str]) -> set[str]:
    named = {name for name in names if name not in UNNAMED}
    found = {get_language(OWN_NAMES.get(name, name)).id for name in named}
    return found if len(named) == len(names) else found | {"unnamed"}


def nvim_filetypes() -> list[str]:
    table = re.search(r"filetypes = \{(.*?)\}", NVIM.read_text(), re.DOTALL)
    assert table is not None
    return re.findall(r"'([\w+#-]+)'", table[1])


def test_neovim_starts_the_server_for_every_language() -> None:
    assert kinds(nvim_filetypes()) == set(LANGUAGES)


def test_documented_lines_for_helix_and_zed_start_the_server() -> None:
    [helix], [zed] = blocks("toml", EDITORS), blocks("json", EDITORS)
    server = tomllib.loads(helix)["language-server"]["codeorigin"]
    assert [server["command"], *server["args"]] == ["codeorigin", "serve"]
    assert all("codeorigin" in language["language-servers"] for language in tomllib.loads(helix)["language"])
    [(name, lent)] = json.loads(zed)["lsp"].items()
    assert lent["binary"] == {"path": "/path/to/venv/bin/codeorigin", "arguments": ["serve"]}
    assert all(name in each["language_servers"] for each in json.loads(zed)["languages"].values())
    for settings in (server["config"], lent["initialization_options"]):
        assert settings.keys() <= PROPERTIES


def test_vscode_is_activated_for_every_language() -> None:
    manifest = json.loads((ROOT / "vscode-client" / "package.json").read_text())
    names = [event.removeprefix("onLanguage:") for event in manifest["activationEvents"]]
    assert kinds(names) == DOCUMENTS


def test_name_of_the_product_is_spelled_in_one_way() -> None:
    pages = [*(ROOT / "docs").rglob("*.md"), *(ROOT / "vscode-client").glob("*.[mj]*"), ROOT / "README.md"]
    sources = (ROOT / "vscode-client" / "src").rglob("*.ts")
    found = {name for page in (*pages, *sources) for name in NAME.findall(page.read_text())}
    assert found <= {"CodeOrigin", "codeorigin", "CODEORIGIN"}


def test_lock_file_names_no_registry() -> None:
    packages = json.loads((ROOT / "vscode-client" / "package-lock.json").read_text())["packages"]
    assert [name for name, each in packages.items() if "resolved" in each] == []
