"""The shipped configurations know every language that the server reads."""

import json
import re
import tomllib
from pathlib import Path

import pytest

from codeorigin.languages import LANGUAGES, get_language

ROOT = Path(__file__).parents[2]
NVIM = ROOT / "editors" / "nvim" / "lsp" / "codeorigin.lua"
HELIX = ROOT / "editors" / "helix" / "languages.toml"
# What an editor calls a language, where that is no name of the protocol's.
OWN_NAMES = {"cs": "csharp", "c-sharp": "csharp"}


def languages(names: list[str]) -> set[str]:
    return {get_language(OWN_NAMES.get(name, name)).id for name in names}


def nvim_filetypes() -> list[str]:
    table = re.search(r"filetypes = \{(.*?)\}", NVIM.read_text(), re.DOTALL)
    assert table is not None
    return re.findall(r"'([\w+#-]+)'", table[1])


def test_neovim_starts_the_server_for_every_language() -> None:
    assert languages(nvim_filetypes()) == set(LANGUAGES)


def test_helix_lists_the_server_for_every_language() -> None:
    configuration = tomllib.loads(HELIX.read_text())
    assert configuration["language-server"]["codeorigin"]["command"] == "codeorigin"
    assert all("codeorigin" in each["language-servers"] for each in configuration["language"])
    assert languages([each["name"] for each in configuration["language"]]) == set(LANGUAGES)


def test_vscode_wakes_up_for_every_language() -> None:
    manifest = json.loads((ROOT / "vscode-client" / "package.json").read_text())
    names = [event.removeprefix("onLanguage:") for event in manifest["activationEvents"]]
    assert languages(names) == set(LANGUAGES)


@pytest.mark.parametrize("file", ["vscode-client/package-lock.json"])
def test_lock_files_name_no_host(file: str) -> None:
    packages = json.loads((ROOT / file).read_text())["packages"]
    assert [name for name, each in packages.items() if "resolved" in each] == []
