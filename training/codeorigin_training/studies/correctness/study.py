"""The study ``correctness``: answers that pass their tests or not, same-task pairs, and false positives."""

from pathlib import Path

import numpy as np
from pydantic.dataclasses import dataclass

from codeorigin_training.configuration import STRICT, Count, Positive
from codeorigin_training.data.rows import limited, read_functions
from codeorigin_training.data.specifications import read_specifications
from codeorigin_training.data.splits import is_held_out
from codeorigin_training.report.section import Section
from codeorigin_training.studies.correctness.answers import answers_section, read_answers, run_answers
from codeorigin_training.studies.correctness.misled import false_positives_section, pairs_section
from codeorigin_training.studies.frame import Frame


@dataclass(frozen=True, config=STRICT)
class CorrectnessConfig:
    """What is run, and what the detector is measured on.

    ``samples`` answers of each task and language are run, ``workers`` at a time, each for at most ``seconds`` of CPU
    time; set ``run`` to false to skip this part on systems without a sandbox. ``bundle`` is the detector; its false
    positives are counted on ``functions`` human functions, at most ``per_repository`` from each repository.
    """

    samples: Count = 40
    seconds: Positive = 5.0
    workers: Count = 2
    run: bool = True
    bundle: Path | None = None
    functions: Count = 12_000
    per_repository: Count = 80
    rounds: Count = 200
    seed: int = 13


def study(config: CorrectnessConfig, frame: Frame) -> list[Section]:
    """Measure the detector on answers that pass their tests or not, on same-task pairs, and its false positives.

    Raises:
        CodeOriginError: the corpus or the bundle is missing or broken, or this system cannot isolate programs.
    """
    detector, log = frame.detector, frame.log
    everything = read_functions(frame.corpus)
    pairs = [
        specification
        for specification in read_specifications(frame.corpus, everything)
        if is_held_out(specification.repo)
    ]
    people = [row for row in everything if not row.label and is_held_out(row.repo)]
    rows = limited(people, config.per_repository)
    chosen = [rows[place] for place in np.random.default_rng(config.seed).permutation(len(rows))]
    chosen = chosen[: config.functions]

    def answers() -> Section:
        found = read_answers(frame.data, config.samples)
        log(f"running {len(found)} answers")
        passing = run_answers(found, config.seconds, config.workers)
        log(f"{passing.sum()} of {len(found)} answers pass")
        return answers_section(found, passing, detector, config)

    sections = [frame.part("answers", answers)] if config.run else []
    return [
        *sections,
        frame.part("pairs", lambda: pairs_section(pairs, detector, frame.warning, config)),
        frame.part(
            "false-positives", lambda: false_positives_section(chosen, detector, frame.warning, config)
        ),
    ]
