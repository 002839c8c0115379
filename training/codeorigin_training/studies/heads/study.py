"""The study ``heads``: where attention goes between a specification and its code."""

from pathlib import Path

from codeorigin_training.data.readers.specifications import read_specifications
from codeorigin_training.data.rows import CorpusError, read_functions
from codeorigin_training.data.splits import is_held_out
from codeorigin_training.run import Log, Run
from codeorigin_training.studies.heads.config import HeadsConfig
from codeorigin_training.studies.heads.measure import heads_section
from codeorigin_training.studies.page import write_study
from codeorigin_training.studies.sample import deduplicated, parts_of


def study(config: HeadsConfig, data: Path, run: Run, log: Log) -> None:
    """Measure attention between specifications and their code for every head.

    Raises:
        CodeOriginError: the corpus is missing or broken, or the encoder's folder holds no encoder.
    """
    data = deduplicated(data, run, log)
    pairs = read_specifications(data, read_functions(data))
    train, test = ([each for each in pairs if is_held_out(each.repo) is side] for side in (False, True))
    if len(train) < 2 or len(test) < 2:
        raise CorpusError(f"{data}: too few specifications on one side of the split; add pairs")
    parts = parts_of(run, "heads", config, data, log)
    section = parts.get("heads", {}, lambda: heads_section(train, test, config, log))
    log(f"wrote {write_study(run, 'heads', [section])}")
