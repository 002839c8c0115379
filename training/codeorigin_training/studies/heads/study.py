"""The study ``heads``: where attention goes between a specification and its code."""

from codeorigin_training.data.readers.specifications import read_specifications
from codeorigin_training.data.rows import CorpusError, read_functions
from codeorigin_training.data.splits import is_held_out
from codeorigin_training.report.section import Section
from codeorigin_training.studies.frame import Frame
from codeorigin_training.studies.heads.config import HeadsConfig
from codeorigin_training.studies.heads.measure import heads_section


def study(config: HeadsConfig, frame: Frame) -> list[Section]:
    """Measure attention between specifications and their code for every head.

    Raises:
        CodeOriginError: the corpus is missing or broken, or the encoder's folder holds no encoder.
    """
    pairs = read_specifications(frame.corpus, read_functions(frame.corpus))
    train, test = ([each for each in pairs if is_held_out(each.repo) is side] for side in (False, True))
    if len(train) < 2 or len(test) < 2:
        raise CorpusError(f"{frame.corpus}: too few specifications on one side of the split; add pairs")
    return [frame.part("heads", lambda: heads_section(train, test, config, frame.log))]
