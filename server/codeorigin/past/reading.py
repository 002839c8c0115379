"""Functions of a repository's commits, read from its objects by the one way from sources to judged functions."""

from collections.abc import Iterator, Sequence
from contextlib import suppress

from codeorigin.analysis.git_sources import blob_source
from codeorigin.analysis.judged import How, JudgedFile, JudgedFunction, Source, UnparsedError
from codeorigin.analysis.judged_files import Analyzes, judged_files
from codeorigin.core.budget import Budget, BudgetError
from codeorigin.core.cancellation import CancelToken
from codeorigin.core.errors import RepositoryError
from codeorigin.functions.spans import code_text
from codeorigin.git.objects import Objects
from codeorigin.git.repository import Repository
from codeorigin.languages import Language, get_language
from codeorigin.languages.kinds import kind_for_path
from codeorigin.languages.parse_budget import ParseBudgetError, one_run, run_budget
from codeorigin.model.calibration.judge import Judge
from codeorigin.model.kept_reference import OldFile, Vector
from codeorigin.model.ngrams.hashed_views import NgramViews
from codeorigin.model.past import ReferenceShare
from codeorigin.model.reading.normalize import normalize
from codeorigin.model.reference import Reference
from codeorigin.model.scoring.inputs import RawScore
from codeorigin.model.verdict import Band

MOST_FUNCTIONS = 2_000
"""More functions hardly change a quantile of their scores."""
_MOST_FILES = 2_000
MOST_BYTES = 200_000_000
MOST_HARD = 4
"""Texts that take the parser too much time, each of which costs seconds."""
MAX_FILE = 500_000
"""Bytes; of a larger file nothing is read."""


def is_wanted(path: str) -> bool:
    """Whether a file has functions to read: notebooks are left out."""
    return isinstance(kind_for_path(path), Language)


def read_files(
    sources: Iterator[Source], analyzer: Analyzes, budget: Budget, cancel: CancelToken, *, keep_text: bool
) -> Iterator[JudgedFile]:
    """Yield the files of ``sources`` that can be read, each function judged by its own text.

    Raises:
        RepositoryError: something is damaged or not in this clone.
        BudgetError: too many texts are hard to parse.
    """
    for file in judged_files(sources, analyzer, How(file_context=False, keep_text=keep_text), cancel):
        if isinstance(file.error, RepositoryError):
            raise file.error
        budget.spend(items=isinstance(file.error, ParseBudgetError | UnparsedError))
        yield file


def vectors(views: NgramViews, file: JudgedFile, functions: Sequence[JudgedFunction]) -> list[Vector]:
    """The n-grams of ``functions`` of a file whose text was kept."""
    language = get_language(file.language).model_language
    texts = [normalize(code_text(file.text or "", function.span), language).text for function in functions]
    return [
        Vector(language, features.ids.astype("uint16"), features.values.astype("float16"))
        for features in views.extract_many(texts, language)
    ]


def flagged(files: Sequence[OldFile], judge: Judge, reference: Reference | None = None) -> int:
    """How many of the functions would be called ``llm`` today, each with the others of its file."""

    def score(file: OldFile, number: int) -> RawScore:
        logit, share = file.logits[number], None
        if reference is not None:
            vector = file.functions[number]
            evidence = reference.evidence(file.language, file.path, vector.ids, vector.values)
            share = None if evidence is None else ReferenceShare(evidence, reference.declared, file.path)
        return RawScore(logit, logit, 0.0, 1, share)

    verdicts = (
        judge.in_file({number: score(file, number) for number in range(len(file.logits))}, file.language)
        for file in files
    )
    return sum(verdict.band is Band.LLM for in_file in verdicts for verdict in in_file.values())


def read_old_files(
    repository: Repository,
    commit: str,
    analyzer: Analyzes,
    cancel: CancelToken,
    views: NgramViews | None = None,
) -> list[OldFile]:
    """At most :data:`MOST_FUNCTIONS` functions of a commit's files, with their vectors if there are ``views``.

    Nothing if too many of the files are hard to parse.
    """
    files = repository.chosen_files(commit, is_wanted, _MOST_FILES)
    found: list[OldFile] = []
    left = MOST_FUNCTIONS
    budget = Budget(size=MOST_BYTES, items=MOST_HARD)
    with Objects(repository.git) as objects, one_run(run_budget()), suppress(BudgetError):
        sources = (blob_source(objects, path, blob, MAX_FILE, budget=budget) for path, blob in files)
        for file in read_files(sources, analyzer, budget, cancel, keep_text=views is not None):
            functions = [function for function in file.functions if function.verdict.logit is not None][:left]
            if functions:
                found.append(
                    OldFile(
                        get_language(file.language).model_language,
                        file.path,
                        [function.verdict.logit or 0.0 for function in functions],
                        vectors(views, file, functions) if views else (),
                    )
                )
                left -= len(functions)
            if not left:
                break
        return found
    return []
