"""The studies page: the sections of every study of this run."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from codeorigin_training.files import write_whole
from codeorigin_training.report.document import Paragraph, html
from codeorigin_training.report.section import Section, read_json, section_blocks, write_json
from codeorigin_training.run import Run

PAGE, STUDY = "report.html", "study.json"


@dataclass(frozen=True, slots=True)
class Study:
    """The sections of one study, in order."""

    sections: tuple[Section, ...]


def write_study(run: Run, name: str, found: Sequence[Section]) -> Path:
    """Save ``found`` as ``studies/NAME/study.json`` and rewrite the page; returns the page's path.

    Raises:
        RunError: the file of another study is invalid.
    """
    write_json(run.studies / name / STUDY, Study(tuple(found)))
    write_whole(run.studies / PAGE, render(read_sections(run)))
    return run.studies / PAGE


def read_study(path: Path) -> Study:
    """The study at ``path``.

    Raises:
        RunError: the file is not a study.
    """
    return read_json(Study, path, "is no study; delete it and carry the study out again")


def read_sections(run: Run) -> list[Section]:
    """The sections of all studies of ``run``, in the order of their folders' names.

    Raises:
        RunError: a file is not a study.
    """
    paths = sorted(run.studies.glob(f"*/{STUDY}"))
    return [section for path in paths for section in read_study(path).sections]


def render(sections: Sequence[Section]) -> str:
    """The page as self-contained HTML, without scripts."""
    note = "Intervals are 90 %, by bootstrap over repositories, or over tasks where a table says so."
    return html("Studies", [Paragraph(note, "what"), *section_blocks(sections)])
