"""What a worker does with a unit: the model is loaded once, the unit's repository is opened for it alone."""

from array import array
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from codeorigin.analyzer import Analyzer
from codeorigin.errors import CodeOriginError, ModelError, SourceError
from codeorigin.fleet.units import Unit, UnitKind
from codeorigin.git.repository import Repository
from codeorigin.history.functions import BlobReader, load_analyzer
from codeorigin.history.state import IN_MEMORY, State
from codeorigin.history.tree import judged_file, tree_files
from codeorigin.history.walk import Plan, Walk
from codeorigin.languages import language_for_path
from codeorigin.model.judge import Judge

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class UnitResult:
    """What came of a unit: rows in a fixed order, or one line on why there are none."""

    rows: tuple[Row, ...] = ()
    error: str | None = None


class UnitWorker:
    """Does units, one after the other, in one process.

    Raises:
        ModelError: the model is missing or broken.
    """

    def __init__(self, model: Path | None) -> None:
        self._analyzer: Analyzer = load_analyzer(model)
        self._judge = Judge(self._analyzer.bundle.calibration)

    def run(self, unit: Unit) -> UnitResult:
        """Do one unit. What is wrong with its repository is a part of the result."""
        try:
            if self._analyzer.model_id != unit.model:
                raise ModelError(
                    f"this worker has the model {self._analyzer.model_id} and the run {unit.model}; install the same"
                )
            repository = Repository.of(Path(unit.repository))
            if unit.kind is UnitKind.TREE:
                return UnitResult(tuple(self._tree(repository, unit)))
            return UnitResult(tuple(self._commits(repository, unit)))
        except (CodeOriginError, OSError) as error:
            return UnitResult(error=" ".join(str(error).split()))
        except Exception as error:
            # One odd repository must not end a scan of thousands.
            return UnitResult(error=" ".join(f"unexpected {type(error).__name__}: {error}".split()))

    def _commits(self, repository: Repository, unit: Unit) -> list[Row]:
        with State(IN_MEMORY, "", unit.model) as state:
            walk = Walk(
                repository,
                self._judge,
                state,
                wanted=lambda path: True,
                declared=unit.declared,
                analyzer=self._analyzer,
            )
            plan = Plan(list(unit.commits), array("q", unit.seconds))
            return [
                {
                    "repository": unit.repository,
                    **result.to_dict(),
                    "band": None if result.band is None else result.band.value,
                }
                for result in walk.results(plan)
            ]

    def _tree(self, repository: Repository, unit: Unit) -> list[Row]:
        reader = BlobReader(repository, self._analyzer)
        rows: list[Row] = []
        try:
            for path, blob in tree_files(repository, unit.commits[0]):
                language = language_for_path(Path(path))
                if language is None:
                    continue
                about: Row = {
                    "repository": unit.repository,
                    "commit": unit.commits[0],
                    "path": path,
                    "blob": blob,
                }
                try:
                    functions = reader.functions(blob, path, language.id)
                except SourceError as error:
                    rows.append(about | {"language": language.id, "reason": "unread", "error": str(error)})
                    continue
                rows.append(about | asdict(judged_file(self._judge, language.id, functions)))
        finally:
            reader.close()
        return rows
