"""What a repository's records declare, read once as a reference, and what it adds to the verdicts on other functions."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from codeorigin.analysis.analyzer import Analyzer
from codeorigin.analysis.judged import FileReport, How, Source
from codeorigin.analysis.judged_files import judged_files
from codeorigin.functions.documents import Document
from codeorigin.git.repository import Repository as Opened
from codeorigin.model.bundle import Bundle
from codeorigin.model.kept_reference import Populations
from codeorigin.model.past import KeptReference, Past
from codeorigin.past import declared_functions
from codeorigin.past.old_functions import repository_past
from codeorigin.report.shares import past_sentence
from codeorigin.report.verdicts import own_text
from support.repositories import Repository, plain_functions
from support.tiny_model import REFERENCE_RULE, with_reference_rule

AGENT = "Add a check\n\nCo-Authored-By: Claude <noreply@anthropic.com>"


def checks(*names: str) -> str:
    """Functions in a style of their own."""
    return "\n\n".join(
        f"def validate_{name}(payload):\n    # Validate the payload.\n    if payload is None:\n"
        f"        raise ValueError('payload of {name}')\n    return payload\n"
        for name in names
    )


@pytest.fixture
def model(tmp_path: Path, tiny_model_dir: Path) -> Path:
    return with_reference_rule(tmp_path / "model", tiny_model_dir)


@pytest.fixture
def declaring(repository: Repository) -> Repository:
    """Two commits of an agent, each with functions of their own, and one of a person."""
    repository.commit({"one.py": checks("a", "b", "c")}, message=AGENT, date="2025-01-01")
    repository.commit({"two.py": checks("d", "e")}, message=AGENT, date="2025-01-02")
    repository.commit({"mixed.py": checks("x") + "\n\n" + plain_functions("twenty")}, date="2025-01-03")
    return repository


def past_of(repository: Repository, model: Path, *, declared: bool = True) -> Past:
    bundle = Bundle.load(model)
    opened = Opened.of(repository.folder)
    found = repository_past(opened, bundle, lambda: Analyzer(bundle), declared=declared)
    assert found is not None
    return found


def reference(past: Past) -> KeptReference:
    assert past.reference is not None
    return past.reference


def populations(repository: Repository, model: Path) -> Populations:
    found = Populations.read(Path(reference(past_of(repository, model)).file))
    assert found is not None
    return found


def declared_by_commits(repository: Repository, model: Path) -> list[int]:
    """The number of functions that each commit declares, newest first."""
    return [len(commit.functions) for commit in populations(repository, model).commits]


def report_of(repository: Repository, model: Path, past: Past, name: str) -> FileReport:
    path = repository.folder / name
    return Analyzer.load(model).analyze(Document(path.read_text(), "python", str(path)), past=past)


def evidence(repository: Repository, model: Path, past: Past, name: str) -> list[float]:
    """What the reference adds to the functions of a file, if it says anything of it."""
    found = [function.verdict.reference for function in report_of(repository, model, past, name).functions]
    return [share.evidence for share in found if share is not None]


def test_functions_that_agents_commits_wrote_are_declared(declaring: Repository, model: Path) -> None:
    assert reference(past_of(declaring, model)).declared == 5
    assert declared_by_commits(declaring, model) == [2, 3]
    found = populations(declaring, model)
    assert [commit.names[0] for commit in found.commits] == ["two.py", "one.py"]
    assert {file.path for file in found.files} == {"old.py", "late.py"}


def test_agents_code_is_raised_and_peoples_lowered(declaring: Repository, model: Path) -> None:
    agents, people = evidence(declaring, model, past_of(declaring, model), "mixed.py")
    assert people < 0 < agents


def test_own_file_and_its_commits_never_count(declaring: Repository, model: Path) -> None:
    before = evidence(declaring, model, past_of(declaring, model), "two.py")
    declaring.git("mv", "two.py", "renamed.py")
    assert evidence(declaring, model, past_of(declaring, model), "renamed.py") == pytest.approx(before)
    declaring.git("mv", "renamed.py", "two.py")
    # What two.py itself declares may be anything.
    declaring.commit({"two.py": checks("d", "e") + checks("f", "g")}, message=AGENT, date="2025-02-01")
    after = evidence(declaring, model, past_of(declaring, model), "two.py")
    assert after[:2] == pytest.approx(before)


def test_project_that_declares_nothing_is_compared_with_code_in_general(
    repository: Repository, model: Path
) -> None:
    past = past_of(repository, model)
    assert reference(past).declared == 0
    assert "LLM-written code in general" in past_sentence(past)


def test_rule_that_asks_for_declared_functions_gives_todays_past_without(
    repository: Repository, tmp_path: Path, tiny_model_dir: Path
) -> None:
    asks = with_reference_rule(tmp_path / "asks", tiny_model_dir, replace(REFERENCE_RULE, fewest_declared=3))
    assert past_of(repository, asks).reference is None
    repository.commit({"one.py": checks("a", "b", "c")}, message=AGENT, date="2025-01-01")
    assert past_of(repository, asks).reference is not None
    assert past_of(repository, asks, declared=False).reference is None


def test_reference_without_what_is_declared_is_the_same_for_every_head(
    repository: Repository, model: Path
) -> None:
    before = past_of(repository, model, declared=False)
    assert before == replace(past_of(repository, model), reference=before.reference)
    repository.commit({"one.py": checks("a", "b", "c")}, message=AGENT, date="2025-01-01")
    assert past_of(repository, model, declared=False) == before
    assert reference(before).declared == 0


def test_file_whose_header_names_an_agent_is_declared(repository: Repository, model: Path) -> None:
    header = "# SPDX-AI-Disclosure: ai-generated\n"
    repository.commit({"made.py": header + checks("a", "b"), "mine.py": checks("c")}, date="2025-01-01")
    repository.commit({"helped.py": header.replace("generated", "assisted") + checks("d")}, date="2025-01-02")
    assert declared_by_commits(repository, model) == [2]
    past, plain = (past_of(repository, model, declared=declared) for declared in (True, False))
    assert reference(past).declared == 2
    # Neither the file itself nor what the same commit wrote is nearer to it.
    for name in ("made.py", "mine.py"):
        found, without = (evidence(repository, model, each, name) for each in (past, plain))
        assert found == pytest.approx(without)
    found, without = (evidence(repository, model, each, "helped.py") for each in (past, plain))
    assert found > without


def test_header_that_is_added_later_declares_what_older_commits_wrote(
    repository: Repository, model: Path
) -> None:
    repository.commit({"one.py": checks("a", "b")}, message=AGENT, date="2025-01-01")
    repository.commit({"made.py": checks("c", "d")}, date="2025-01-02")
    assert declared_by_commits(repository, model) == [2]
    header = "# SPDX-AI-Disclosure: autonomous\n"
    repository.commit({"made.py": header + checks("c", "d")}, date="2025-01-03")
    assert declared_by_commits(repository, model) == [0, 2, 2]
    repository.commit({"made.py": checks("c", "d")}, date="2025-01-04")
    assert declared_by_commits(repository, model) == [2]


def test_selection_is_compared_like_the_function_that_it_is(declaring: Repository, model: Path) -> None:
    past, analyzer = past_of(declaring, model), Analyzer.load(model)
    for name in ("mixed.py", "two.py"):
        path = declaring.folder / name
        document = Document(path.read_text(), "python", str(path))
        function = analyzer.analyze(document, file_context=False, past=past).functions[0]
        selected = document.text[function.span.range.start : function.span.range.end]
        assert analyzer.score(selected, "python", path=str(path), past=past) == function.verdict
        assert function.verdict.reference is not None


def test_new_head_reads_new_commits_alone(
    declaring: Repository, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    past_of(declaring, model)
    read: list[str] = []
    whole = declared_functions.commit_changes

    def watched(repository: Opened, commits: list[str], wanted: object) -> Iterator[object]:
        read.extend(commits)
        return whole(repository, commits, wanted)  # type: ignore[arg-type]

    monkeypatch.setattr(declared_functions, "commit_changes", watched)
    declaring.commit({"three.py": checks("h")}, message=AGENT, date="2025-03-01")
    past = past_of(declaring, model)
    assert read == [declaring.git("rev-parse", "HEAD")]
    assert reference(past).declared == 6
    assert past_of(declaring, model) == past
    assert len(read) == 1


@pytest.mark.parametrize("content", [b"", b"x" * 100])
def test_damaged_file_is_read_again(declaring: Repository, model: Path, content: bytes) -> None:
    past = past_of(declaring, model)
    Path(reference(past).file).write_bytes(content)
    assert past_of(declaring, model) == past
    assert populations(declaring, model).declared == 5


def test_another_reference_by_now_is_none(declaring: Repository, model: Path) -> None:
    past = past_of(declaring, model)
    declaring.commit({"three.py": checks("h")}, message=AGENT, date="2025-03-01")
    past_of(declaring, model)
    assert evidence(declaring, model, past, "mixed.py") == []


def test_explanation_has_what_the_reference_adds(declaring: Repository, model: Path) -> None:
    past, analyzer = past_of(declaring, model), Analyzer.load(model)
    path = declaring.folder / "mixed.py"
    (file,) = judged_files(
        [Source(str(path), "python", path.read_text)], analyzer, How(past=past, keep_text=True)
    )
    function, text = file.functions[0], path.read_text()
    share = function.verdict.reference
    assert share is not None
    assert share.path == "mixed.py"
    plain = analyzer.explainer.explain(text, function)
    whole = analyzer.explainer.explain(text, function, past)
    assert whole.logit - plain.logit == pytest.approx(share.evidence, abs=1e-5)
    assert whole.completeness_gap < 1e-3 or whole.completeness_gap == pytest.approx(
        plain.completeness_gap, abs=0.02
    )
    added = sum(line.value for line in whole.lines) - sum(line.value for line in plain.lines)
    assert added == pytest.approx(share.evidence, abs=1e-4)
    said = own_text(function.verdict)
    assert said is not None
    assert "nearer to the 5 functions that its records declare as an agent's than to this project's" in said
