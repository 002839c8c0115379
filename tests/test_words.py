"""One word for one thing in what users read, and one name in the code."""

import ast
import json
import re
from collections import defaultdict
from collections.abc import Iterator

import pytest
import yaml

from codeorigin.settings.schema import FIELDS
from support.command import ROOT
from support.documents import BLOCK

PAGES = [
    *(ROOT / name for name in ("README.md", "CHANGELOG.md", "SECURITY.md", "vscode-client/README.md")),
    *(ROOT / "docs").glob("*.md"),
    *(ROOT / "vscode-client" / "media" / "walkthrough").glob("*.md"),
]
SAYS = ("check", "cli", "history", "lsp", "report", "scan", "settings", "shell")
"""Parts of the server with sentences that users read."""
FIGURES = {"explanation_report.py", "explanations.py", "explain.py"}
"""They have what `--verbose` and a folded table of every figure add."""
_CODE = re.compile(r"`[^`\n]*`|\]\([^)]*\)|--[a-z-]+|\.codeorigin-baseline\.json")
INSTEAD = {
    r"\bband": "verdict",
    r"looks? LLM-written|reads? like (an )?LLM|could be either|typical of human": "likely LLM, unsure, human",
    r"baselines?": "accepted findings",
    r"\bpasts?\b(?! month)": "the project's own older code",
    r"constructs?\b": "kind of code",
    r"out.of.fold|lockbox|linear attributions?|completeness gap": "a plain word, or docs/contributing",
    r"\bmend(ed|s|ing)?\b": "fixed",
}


def sentences(source: str) -> Iterator[str]:
    """The strings of several words in Python source, without descriptions, types and what only a log has."""
    tree = ast.parse(source)
    unread: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            unread.add(id(node.value))
        elif isinstance(node, ast.Call) and ast.unparse(node.func).startswith("logger."):
            unread |= set(map(id, node.args))
        elif isinstance(node, ast.FunctionDef | ast.arg | ast.AnnAssign):
            types = node.returns if isinstance(node, ast.FunctionDef) else node.annotation
            # A type in quotes; the help of an option is deeper in its type, and read.
            unread |= {id(types)} if isinstance(types, ast.Constant) else set()
    for node in ast.walk(tree):
        value = node.value if isinstance(node, ast.Constant) and id(node) not in unread else None
        if isinstance(value, str) and " " in value:
            yield value


def texts() -> Iterator[tuple[str, str]]:
    for path in PAGES:
        yield path.name, _CODE.sub("", BLOCK.sub("", path.read_text("utf-8")))
    manifest = json.loads((ROOT / "vscode-client" / "package.json").read_text("utf-8"))
    found = json.dumps(
        [manifest["contributes"][name] for name in ("commands", "configuration", "walkthroughs")]
    )
    action = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
    for name, value in (action["inputs"] | action["outputs"]).items():
        yield f"action.yml, {name}", _CODE.sub("", value["description"])
    yield "package.json", " ".join(re.findall(r'"(?:title|\w*[dD]escription)": "(.*?)"[,}]', found))
    for name, field in FIELDS.items():
        yield name, str(field.metadata["description"])
    for folder in SAYS:
        for path in (ROOT / "server" / "codeorigin" / folder).rglob("*.py"):
            if path.name not in FIGURES:
                yield path.name, _CODE.sub("", "\n".join(sentences(path.read_text("utf-8"))))


@pytest.mark.parametrize(("word", "instead"), INSTEAD.items())
def test_users_meet_one_word_for_one_thing(word: str, instead: str) -> None:
    met = [
        f"{name}: {found[0]}"
        for name, text in texts()
        for found in re.finditer(rf".{{0,30}}(?:{word}).{{0,20}}", text, re.IGNORECASE)
    ]
    assert met == [], f"say {instead}"


def test_public_class_names_are_unique() -> None:
    modules: dict[str, list[str]] = defaultdict(list)
    for package in ("server/codeorigin", "training/codeorigin_training"):
        for path in sorted((ROOT / package).rglob("*.py")):
            for node in ast.parse(path.read_text(encoding="utf-8")).body:
                if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                    modules[node.name].append(str(path.relative_to(ROOT)))
    assert len(modules) > 300
    assert {name: found for name, found in modules.items() if len(found) > 1} == {}
