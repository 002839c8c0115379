"""What every study has: the corpus, kept parts, the detector, and the page with the sections of all studies."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from codeorigin.model.folder import sha256_of
from codeorigin_training.data.corpus import CARD, CorpusConfig, corpus
from codeorigin_training.data.rows import FUNCTIONS, HUMAN, PAIRS
from codeorigin_training.metrics.detector import Detector
from codeorigin_training.report.evaluate import page_of
from codeorigin_training.report.section import Section, Study, read_json, write_json
from codeorigin_training.run import STUDY, Log, Run, RunError, write_atomically

PAGE = "report.html"
_FILES = (FUNCTIONS, PAIRS, HUMAN, "snippets.parquet")


@dataclass(frozen=True)
class Frame:
    """One study, called ``name``, with its settings, on the ``data`` of a corpus.

    What it measures it reads from :attr:`corpus`, and it keeps its sections in ``studies/NAME`` of the ``run``.
    """

    name: str
    config: Any
    data: Path
    run: Run

    @property
    def log(self) -> Log:
        """Called with one line for every step."""
        return self.run.log

    @property
    def folder(self) -> Path:
        """The folder of the study's files."""
        return self.run.studies / self.name

    @cached_property
    def corpus(self) -> Path:
        """The run's corpus, made from ``data`` if there is none.

        In the raw rows, what is measured on may have near duplicates among what the study, or the detector, learnt.
        """
        if not (self.run.corpus / CARD).is_file():
            corpus(CorpusConfig(data=self.data), self.run)
        return self.run.corpus

    def digests(self) -> dict[str, str]:
        """The SHA-256 of every file of data and corpus; the figures of a study depend on these."""
        paths = (folder / name for folder in (self.data, self.corpus) for name in _FILES)
        return {f"{path.parent.name}/{path.name}": sha256_of(path) for path in paths if path.is_file()}

    def part(self, name: str, measure: Callable[[], Section]) -> Section:
        """The section that ``measure`` makes, or the kept one of the same settings, data and detector."""
        return self.run.cached(f"{self.name}, {name}", self._inputs, measure)

    @cached_property
    def _inputs(self) -> dict[str, Any]:
        inputs: dict[str, Any] = {"settings": asdict(self.config), "data": self.digests()}
        if hasattr(self.config, "bundle"):
            inputs["model"] = self.detector.bundle.model_id
        return inputs

    @cached_property
    def detector(self) -> Detector:
        """The detector in ``config.bundle``, else the run's, preferring the one without the held-out repositories.

        Raises:
            RunError: there is no bundle.
            ModelError: it is broken.
        """
        bundle: Path | None = self.config.bundle
        for folder in (bundle, self.run.twin, self.run.bundle):
            if folder is not None and folder.is_dir():
                return Detector(folder)
        raise RunError(
            f"{bundle or self.run.bundle}: no bundle; name one with --set bundle=FOLDER, or build one first"
        )

    @property
    def warnings(self) -> tuple[str, ...]:
        """What to say first if the detector was fitted on the repositories that it is measured on."""
        if not self.detector.bundle.manifest.get("data", {}).get("fitted_on_all_repositories"):
            return ()
        warning = (
            "This bundle was fitted on all repositories, so its scores here are of code that it has read: name its twin "
            "that was not (RUN/twin)."
        )
        return (warning,)


def write_study(run: Run, name: str, found: Sequence[Section]) -> Path:
    """Save ``found`` as ``studies/NAME/study.json`` and rewrite the page; returns the page's path.

    Raises:
        RunError: the file of another study is invalid.
    """
    write_json(run.studies / name / STUDY, Study(tuple(found)))
    write_atomically(run.studies / PAGE, render(read_sections(run)))
    return run.studies / PAGE


def read_sections(run: Run) -> list[Section]:
    """The sections of all studies of ``run``, in the order of their folders' names.

    Raises:
        RunError: a file is not a study.
    """
    paths = sorted(run.studies.glob(f"*/{STUDY}"))
    studies = (
        read_json(Study, path, "is no study; delete it and carry the study out again") for path in paths
    )
    return [section for found in studies for section in found.sections]


def render(sections: Sequence[Section]) -> str:
    """The page as self-contained HTML, without scripts."""
    note = "Intervals are 90 %, by bootstrap over repositories, or over tasks where a table says so."
    return page_of("Studies", sections, [note])
