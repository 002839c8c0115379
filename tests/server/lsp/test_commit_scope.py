"""``codeorigin.scope: commit``: a function's verdict takes in the others of the commit that wrote it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pytest_lsp import client_capabilities
from tests.server.lsp.commits import (
    BY_COMMIT,
    OLD,
    ONE,
    THREE,
    TWO,
    by_commit,
    two_commits,
    verdict_with_neighbours,
)
from tests.server.lsp.conftest import SETTINGS, running
from tests.server.lsp.editor import Editor, python_function

from codeorigin.analysis.analyzer import Analyzer
from codeorigin.functions.documents import Document
from codeorigin.wording.functions import SAME_COMMIT, own_text
from support.repositories import Repository
from support.tiny_model import COMMIT_CONTEXT, FILE_AND_COMMIT_CONTEXT, with_commit_rules


@pytest.fixture(scope="module")
def model(tiny_model_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return with_commit_rules(tmp_path_factory.mktemp("model"), tiny_model_dir)


@pytest.fixture(scope="module")
def analyzer(model: Path) -> Analyzer:
    """The same model, loaded in the test process."""
    return Analyzer.load(model)


@pytest.fixture(scope="module")
async def server(model: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Editor]:
    root = two_commits(Repository(tmp_path_factory.mktemp("workspace") / "work")).folder
    async with running(
        root, client_capabilities("visual-studio-code"), settings=BY_COMMIT, model=model
    ) as editor:
        yield editor


@pytest.fixture
async def editor(server: Editor) -> AsyncIterator[Editor]:
    """The module's server, with the commit scope on."""
    async with by_commit(server) as editor:
        yield editor


def java_class(name: str) -> str:
    """A class with one method and braces on lines of their own; every other line contains ``name``."""
    lines = [f"        {name}Kept.add({name}Value + {name}Step * {number});" for number in range(5)]
    body = "\n".join([*lines[:3], "", *lines[3:]])
    return f"class {name}Class\n{{\n    int {name}(int {name}Value)\n    {{\n{body}\n    }}\n}}\n"


def logits(analyzer: Analyzer, *codes: str) -> list[float]:
    """The functions' own logits."""
    found = [analyzer.analyze(Document(code, "python")).functions[0].verdict.logit for code in codes]
    return [logit for logit in found if logit is not None]


async def test_commit_and_file_both_count(editor: Editor, analyzer: Analyzer) -> None:
    document = editor.open(f"{OLD}\n\n{ONE}", name="a.py")
    verdict = await verdict_with_neighbours(editor, document, "one", 2)
    old, one, two, three = logits(analyzer, OLD, ONE, TWO, THREE)
    rule = FILE_AND_COMMIT_CONTEXT
    assert rule.file is not None
    by_commit, by_file = rule.commit.evidence_for_one([two, three]), rule.file.evidence_for_one([old])
    assert verdict["commitEvidence"] == pytest.approx(by_commit, abs=1e-4)
    assert verdict["fileEvidence"] == pytest.approx(by_file, abs=1e-4)
    assert verdict["probability"] == pytest.approx(
        rule.scale.probability(one + by_commit + by_file), abs=1e-4
    )
    line = document.text[: document.text.index("def one")].count("\n")
    shown = await editor.hover_text(document, line)
    assert "; the rest of the file " in shown
    assert "; the rest of its commit " in shown
    answer = await editor.explain(document, line)
    (own,) = [each["text"] for each in answer["details"] if each["term"] == "Own text"]
    assert "the 2 other functions of the same commit point" in own
    # A function alone in its commit takes in its file, by the rule for files.
    alone = await verdict_with_neighbours(editor, document, "old", 0)
    assert alone["commitEvidence"] is None
    assert alone["neighbours"] == 1


async def test_commit_has_its_own_rule_without_the_file(editor: Editor, analyzer: Analyzer) -> None:
    await editor.configure(**{**BY_COMMIT, "fileContext": False})
    document = editor.open(f"{OLD}\n\n{ONE}", name="a.py")
    verdict = await verdict_with_neighbours(editor, document, "one", 2)
    one, two, three = logits(analyzer, ONE, TWO, THREE)
    said = COMMIT_CONTEXT.commit.evidence_for_one([two, three])
    assert verdict["fileEvidence"] is None
    assert verdict["probability"] == pytest.approx(COMMIT_CONTEXT.scale.probability(one + said), abs=1e-4)


async def test_edited_function_has_no_commit_until_the_edit_is_undone(editor: Editor) -> None:
    document = editor.open(f"{OLD}\n\n{ONE}", name="a.py")
    await verdict_with_neighbours(editor, document, "one", 2)
    editor.replace(document, "def one", "def own")
    await verdict_with_neighbours(editor, document, "own", 0)
    # With the edit undone, it is again the function that the commit wrote.
    editor.replace(document, "def own", "def one")
    await verdict_with_neighbours(editor, document, "one", 2)


async def test_save_reads_the_blame_again(editor: Editor) -> None:
    text = f"{python_function('four', 6)}\n\n{python_function('five', 8)}"
    document = editor.open(text, name="new.py")
    await verdict_with_neighbours(editor, document, "four", 0)
    Repository.commit(Repository.at(editor.root), {"new.py": text}, date="2020-01-03")
    editor.save(document)
    await verdict_with_neighbours(editor, document, "four", 1)


async def test_commit_scope_is_off_by_default(editor: Editor) -> None:
    document = editor.open(f"{OLD}\n\n{ONE}", name="a.py")
    await verdict_with_neighbours(editor, document, "one", 2)
    await editor.configure(**SETTINGS)
    verdict = await verdict_with_neighbours(editor, document, "one", 0)
    assert verdict["commitEvidence"] is None


async def test_lines_without_words_do_not_decide_the_commit(editor: Editor) -> None:
    """A diff leaves braces and blank lines to an earlier commit; they do not tell who wrote the function."""
    repository = Repository.at(editor.root)
    for name, day in (("total", "2020-01-04"), ("range", "2020-01-05")):
        repository.commit({"Sums.java": java_class(name), "More.java": java_class(f"{name}More")}, date=day)
    head = repository.git("rev-parse", "HEAD")
    blamed = repository.git("blame", "-s", "--abbrev=40", "HEAD", "--", "Sums.java").splitlines()
    assert any(not line.startswith(head) for line in blamed[1:-1])
    document = editor.open(java_class("range"), language="java", name="Sums.java")
    await verdict_with_neighbours(editor, document, "rangeClass.range", 1)


async def test_function_changed_since_its_commit_does_not_count_for_itself(editor: Editor) -> None:
    six, seven = python_function("six", 6), python_function("seven", 7)
    repository = Repository.at(editor.root)
    repository.commit({"since.py": f"{six}\n\n{seven}"}, date="2020-01-06")
    shorter = six.replace("        value = values[index]\n", "")
    repository.commit({"since.py": f"{shorter}\n\n{seven}"}, date="2020-01-07")
    document = editor.open(f"{shorter}\n\n{seven}", name="since.py")
    await verdict_with_neighbours(editor, document, "seven", 1)
    await verdict_with_neighbours(editor, document, "six", 0)


async def test_file_outside_repositories_is_judged_as_usual(editor: Editor, tmp_path: Path) -> None:
    document = editor.open(f"{OLD}\n\n{ONE}", uri=(tmp_path / "a.py").as_uri())
    verdict = await verdict_with_neighbours(editor, document, "one", 0)
    assert verdict["neighbours"] == 1


async def test_sentence_about_the_commit(analyzer: Analyzer) -> None:
    function = analyzer.analyze(Document(ONE, "python"), in_commits={}).functions[0]
    others = {function.function_id: [5.0, 4.0, 3.0]}
    verdict = analyzer.analyze(Document(ONE, "python"), in_commits=others).functions[0].verdict
    assert (own_text(verdict, SAME_COMMIT) or "").endswith(
        "; the 3 other functions of the same commit point to an LLM (+3.51)."
    )
