"""What a worker does: it loads the model once, and opens the repository anew for each unit."""

from array import array
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from codeorigin.analysis.analyzer import Analyzer
from codeorigin.core.errors import CodeOriginError, MissingContentError, ModelError, SourceError
from codeorigin.declared.reader import RecordReader
from codeorigin.fleet.options import UnitKind
from codeorigin.fleet.units import Unit
from codeorigin.git.objects import Objects
from codeorigin.git.repository import Repository
from codeorigin.history.blob_functions import BlobReader, load_analyzer
from codeorigin.history.commit_results import file_values
from codeorigin.history.request import HistoryRequest, Plan
from codeorigin.history.results import UNREADABLE
from codeorigin.history.state import IN_MEMORY, HistoryState
from codeorigin.history.walk import Walk
from codeorigin.languages.kinds import kind_for_path
from codeorigin.model.calibration.judge import Judge
from codeorigin.wording.histories import missing_phrase

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class UnitResult:
    """The result of a unit: rows in a fixed order, and one line on why there are none or what is missing."""

    rows: tuple[Row, ...] = ()
    error: str | None = None


def reason_of(error: Exception) -> str:
    """One line on why a unit or a repository failed."""
    known = isinstance(error, CodeOriginError | OSError)
    return " ".join(f"{'' if known else f'unexpected {type(error).__name__}: '}{error}".split())


class UnitWorker:
    """Runs units one after the other in one process.

    Raises:
        ModelError: the model is missing or broken.
    """

    def __init__(self, model: Path | None) -> None:
        self._analyzer: Analyzer = load_analyzer(model)
        self._judge = Judge(self._analyzer.bundle.calibration)

    def run(self, unit: Unit) -> UnitResult:
        """Run one unit. Errors are returned in the result, not raised."""
        try:
            if self._analyzer.model_id != unit.model:
                raise ModelError(
                    f"this worker has the model {self._analyzer.model_id} and the run {unit.model}; install the same"
                )
            repository = Repository.of(Path(unit.repository))
            return (
                self._tree(repository, unit)
                if unit.kind is UnitKind.TREE
                else self._commits(repository, unit)
            )
        except Exception as error:
            # One broken repository must not end a scan of thousands.
            return UnitResult(error=reason_of(error))

    def _commits(self, repository: Repository, unit: Unit) -> UnitResult:
        with ExitStack() as stack:
            state = stack.enter_context(HistoryState(IN_MEMORY, "", unit.model))
            records = None
            if unit.declared:
                # Without the list of all commits, which every unit would need for itself.
                records = RecordReader(repository, unit.commits[0], branches=False)
                stack.enter_context(records)
            request = HistoryRequest(repository, wanted=lambda _: True)
            walk = Walk(request, self._judge, state, records=records, analyzer=self._analyzer)
            results = list(walk.results(Plan(list(unit.commits), array("q", unit.seconds))))
        rows = tuple(
            {
                "repository": unit.repository,
                **result.to_dict(),
                "band": None if result.band is None else result.band.value,
            }
            for result in results
        )
        unreadable = sum(result.reason == UNREADABLE for result in results)
        return UnitResult(rows, missing_phrase(sum(result.missing for result in results), unreadable))

    def _tree(self, repository: Repository, unit: Unit) -> UnitResult:
        rows: list[Row] = []
        missing = 0
        with Objects(repository.git) as objects:
            reader = BlobReader(objects, self._analyzer)
            for path, blob in repository.files(unit.commits[0]):
                kind = kind_for_path(path)
                if kind is None:
                    continue
                about: Row = {
                    "repository": unit.repository,
                    "commit": unit.commits[0],
                    "path": path,
                    "blob": blob,
                }
                try:
                    pieces = reader.functions(blob, path)
                except SourceError as error:
                    missing += isinstance(error, MissingContentError)
                    rows.append(about | {"language": kind.id, "reason": "unread", "error": str(error)})
                    continue
                rows += [
                    about | file_values(self._judge, piece)
                    for piece in pieces
                    if piece.functions or piece.language == kind.id
                ]
        return UnitResult(tuple(rows), missing_phrase(missing, 0))
