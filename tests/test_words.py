"""One word for one thing in what users read, and none of those that only people who work on the model know."""

import json
import re
from collections.abc import Iterator

import pytest

from codeorigin.settings.schema import FIELDS
from support.command import ROOT
from support.documents import BLOCK

PAGES = [ROOT / "README.md", ROOT / "vscode-client" / "README.md", *(ROOT / "docs").glob("*.md")]
_CODE = re.compile(r"`[^`\n]*`|\]\([^)]*\)")
INSTEAD = {
    r"\bband": "verdict",
    r"looks? LLM-written|reads? like (an )?LLM|could be either|typical of human": "likely LLM, unsure, human",
    r"baselines?": "accepted findings",
    r"\bpasts?\b(?! month)": "the project's own older code",
    r"constructs?\b": "kind of code",
    r"out.of.fold|lockbox|linear attributions?|completeness gap": "a plain word, or docs/contributing",
    r"\bmend(ed|s|ing)?\b": "fixed",
}


def texts() -> Iterator[tuple[str, str]]:
    for path in PAGES:
        yield path.name, _CODE.sub("", BLOCK.sub("", path.read_text("utf-8")))
    manifest = json.loads((ROOT / "vscode-client" / "package.json").read_text("utf-8"))
    found = json.dumps(
        [manifest["contributes"][name] for name in ("commands", "configuration", "walkthroughs")]
    )
    yield "package.json", " ".join(re.findall(r'"(?:title|\w*[dD]escription)": "(.*?)"[,}]', found))
    for name, field in FIELDS.items():
        yield name, str(field.metadata["description"])


@pytest.mark.parametrize(("word", "instead"), INSTEAD.items())
def test_users_meet_one_word_for_one_thing(word: str, instead: str) -> None:
    met = [
        f"{name}: {found[0]}"
        for name, text in texts()
        for found in re.finditer(rf".{{0,30}}(?:{word}).{{0,20}}", text, re.IGNORECASE)
    ]
    assert met == [], f"say {instead}"
