"""Links between the documents resolve, and options in their examples exist."""

import json
import re
from pathlib import Path

import pytest

from support.command import ROOT, run
from support.documents import BLOCK, DOCUMENTS, blocks

LINK = re.compile(r"\]\(([^)#\s]+)(?:#([^)\s]+))?\)")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_between_documents_resolve(document: Path) -> None:
    text = re.sub(BLOCK, "", document.read_text("utf-8"))
    missing = []
    for target, anchor in LINK.findall(text):
        if "://" in target or target.startswith("mailto:"):
            continue
        path = document.parent / target
        if not path.exists():
            missing.append(target)
        elif anchor and path.suffix == ".md" and anchor not in anchors(path):
            missing.append(f"{target}#{anchor}")
    assert missing == []


def anchors(document: Path) -> set[str]:
    """The anchors that headings get from the usual renderers: lower case, no punctuation, hyphens for spaces."""
    headings = re.findall(r"^#+ (.+)$", document.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize(
    "document",
    [path for path in DOCUMENTS if blocks("sh", path)],
    ids=lambda path: path.relative_to(ROOT).as_posix(),
)
def test_options_in_examples_exist(document: Path) -> None:
    unknown = []
    helps: dict[str, str] = {}
    for line in "\n".join(blocks("sh", document)).splitlines():
        words = line.split(" #")[0].split()
        if len(words) < 2 or words[0] != "codeorigin" or words[1].startswith("-"):
            continue
        if words[1] not in helps:
            helps[words[1]] = run(words[1], "--help").stdout.decode()
        given = re.findall(r"(?<=\s)--[a-z][a-z-]*", line.split(" #")[0].split("|")[0])
        unknown.extend((words[1], option) for option in given if option not in helps[words[1]])
    assert unknown == []


@pytest.mark.parametrize("page", ["README.md", "docs/how-it-works.md", "models/codeorigin-small/README.md"])
def test_rates_of_the_bands_are_those_of_the_model(page: str) -> None:
    text = (ROOT / page).read_text("utf-8")
    manifest = json.loads((ROOT / "models/codeorigin-small/manifest.json").read_text("utf-8"))
    alone = manifest["calibration"]["alone"]
    ((llm, human),) = re.findall(
        r"`likely LLM`\D{1,80}at most (\d+) %\D{1,150}`human`\D{1,90}at most (\d+) %", text
    )
    assert (int(llm) / 100, int(human) / 100) == (alone["llm_rate"], alone["human_rate"])
