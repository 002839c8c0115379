"""The scores of a repository's old functions, read once and kept."""

import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from codeorigin.analysis.analyzer import Analyzer
from codeorigin.core.errors import RepositoryError
from codeorigin.functions.documents import Document
from codeorigin.git.repository import Repository as Opened
from codeorigin.languages.parse_budget import ParseBudgetError, ParserInput
from codeorigin.model.bundle import Bundle
from codeorigin.model.past import Past
from codeorigin.model.verdict import Band
from codeorigin.past import old_functions, reading
from codeorigin.past.old_functions import repository_past
from support.repositories import Repository, plain_functions
from support.tiny_model import PAST_RULE, with_past_rule, with_reference_rule


def past_or_none(repository: Repository, model: Path) -> Past | None:
    bundle = Bundle.load(model)
    return repository_past(Opened.of(repository.folder), bundle, lambda: Analyzer(bundle))


def past_of(repository: Repository, model: Path) -> Past:
    found = past_or_none(repository, model)
    assert found is not None
    return found


def kept_alone(repository: Repository, model: Path) -> Past | None:
    """The past, which must not be read again."""

    def read() -> Analyzer:
        raise AssertionError("it is kept")

    return repository_past(Opened.of(repository.folder), Bundle.load(model), read)


def own_logits(model: Path, text: str) -> list[float]:
    report = Analyzer.load(model).analyze(Document(text, "python"), file_context=False)
    return [each.verdict.logit for each in report.functions if each.verdict.logit is not None]


def test_functions_of_the_last_human_commit_are_scored(repository: Repository, model: Path) -> None:
    text = (repository.folder / "old.py").read_text() + "\n\n" + (repository.folder / "late.py").read_text()
    logits = own_logits(model, text)
    assert len(logits) == 7
    found = past_of(repository, model)
    assert found.logits == pytest.approx(sorted(logits), abs=1e-6)
    assert found.evidence == pytest.approx(-0.5 * (sorted(logits)[3] - PAST_RULE.typical), abs=1e-6)


@pytest.mark.parametrize("rule", [with_past_rule, with_reference_rule])
def test_old_functions_that_would_be_flagged_are_counted_as_a_check_judges_them(
    repository: Repository, tmp_path: Path, tiny_model_dir: Path, rule: Callable[[Path, Path], Path]
) -> None:
    model = rule(tmp_path / "ruled", tiny_model_dir)
    found, analyzer = past_of(repository, model), Analyzer.load(model)
    reports = [
        analyzer.analyze(
            Document((repository.folder / name).read_text(), "python", name, inside=name), past=found
        )
        for name in ("old.py", "late.py")
    ]
    bands = [function.verdict.band for report in reports for function in report.functions]
    assert found.flagged == bands.count(Band.LLM)
    assert kept_alone(repository, model) == found


def test_scores_are_kept_by_commit_and_model(
    repository: Repository, model: Path, caches: Path, tmp_path: Path
) -> None:
    found = past_of(repository, model)
    repository.commit({"new.py": plain_functions("ten", number=10)}, date="2024-06-01")
    assert kept_alone(repository, model) == found
    assert len(list(caches.rglob("past/*"))) == 1
    with pytest.raises(AssertionError, match="kept"):
        kept_alone(repository, with_past_rule(tmp_path / "other", model, replace(PAST_RULE, weight=0.25)))


@pytest.mark.parametrize("content", [b"", b"x", b"\x78\x9c"], ids=["empty", "text", "cut off"])
def test_damaged_cache_is_read_again(
    repository: Repository, model: Path, caches: Path, content: bytes
) -> None:
    found = past_of(repository, model)
    (kept,) = caches.rglob("past/*")
    kept.write_bytes(content)
    assert past_of(repository, model) == found
    assert kept_alone(repository, model) == found


def test_cache_that_cannot_be_written_changes_nothing(
    repository: Repository, model: Path, caches: Path
) -> None:
    caches.write_text("a file")
    assert past_of(repository, model)


def test_number_of_functions_is_bounded(
    repository: Repository, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MOST_FUNCTIONS", 5)
    assert len(past_of(repository, model).logits) == 5


def test_model_without_a_rule_has_no_past(repository: Repository, tiny_model_dir: Path) -> None:
    assert past_or_none(repository, tiny_model_dir) is None


def test_too_few_old_functions_are_no_past(tmp_path: Path, model: Path) -> None:
    made = Repository(tmp_path / "small")
    made.commit({"a.py": plain_functions("one", "two", "three")}, date="2020-01-01")
    assert past_or_none(made, model) is None


@pytest.mark.parametrize(
    "files",
    [
        {"broken.py": b"\xff\xfe\x00", "binary.py": b"\0" * 100},
        {"large.py": b"# x\n" * 200_000},
        {"link.py": b"", "notebook.ipynb": b"{", "text.md": b"```python\ndef f(): pass\n```\n"},
    ],
    ids=["not text", "large", "other kinds"],
)
def test_files_that_cannot_be_read_are_left_out(tmp_path: Path, model: Path, files: dict[str, bytes]) -> None:
    made = Repository(tmp_path / "odd")
    for name, content in files.items():
        made.write(name, content)
    made.git("add", *files)
    made.commit({"a.py": plain_functions("one", "two", "three", "four")}, date="2020-01-01")
    assert len(past_of(made, model).logits) == 4


@pytest.mark.parametrize("revision", ["HEAD~1", "HEAD~1:old.py"])
@pytest.mark.parametrize("is_there", [True, False])
def test_past_that_lacks_something_is_one_line_and_not_kept(
    repository: Repository, model: Path, caches: Path, revision: str, *, is_there: bool
) -> None:
    name = repository.git("rev-parse", revision)
    path = repository.folder / ".git" / "objects" / name[:2] / name[2:]
    path.unlink()
    if is_there:
        path.write_bytes(b"broken")
    with pytest.raises(RepositoryError, match=r"^object [0-9a-f]{10} is .*damaged.*git f[^\n]*$"):
        past_of(repository, model)
    assert not list(caches.rglob("past/*"))


def test_hard_texts_leave_no_past(repository: Repository, model: Path) -> None:
    """Twelve files of 121 bytes cost 45 seconds of a parser."""
    looked_at: list[int] = []

    class Hard:
        def analyze_many(self, documents: Iterable[Document], **_: object) -> Iterator[Exception]:
            for _document in documents:
                looked_at.append(1)
                yield ParseBudgetError("too much")

    repository.git("reset", "--quiet", "--hard", "HEAD~1")
    repository.commit({f"hard{n}.py": f"x = {n}\n" for n in range(100)}, date="2022-06-01")
    made = repository_past(Opened.of(repository.folder), Bundle.load(model), Hard)
    assert made is None
    assert len(looked_at) == 5
    assert kept_alone(repository, model) is None


def test_few_of_many_hard_texts_are_parsed(
    repository: Repository, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A repository of 436 KB with 2,000 of them cost a check of one other file 68 seconds."""
    parsed: list[ParserInput] = []

    def too_much(texts: list[ParserInput], *_: object) -> list[ParseBudgetError]:
        parsed.extend(texts)
        return [ParseBudgetError("too much") for _text in texts]

    monkeypatch.setattr("codeorigin.analysis.outlines.parse_all", too_much)
    repository.git("reset", "--quiet", "--hard", "HEAD~1")
    repository.commit({f"hard{n}.py": f"x = {n}\n" for n in range(500)}, date="2022-06-01")
    assert past_or_none(repository, model) is None
    assert 0 < len(parsed) < 100


def test_a_kept_past_that_inflates_without_end_is_no_past(tmp_path: Path) -> None:
    path = tmp_path / "kept"
    path.write_bytes(zlib.compress(b"[" + b" " * 50_000_000 + b"1.0]"))
    assert path.stat().st_size < 1 << 20
    assert old_functions._kept(path) is None
