"""How a bundle does on repositories that it has not seen: ``python -m codeorigin_training.experiments.joined``.

Data that joined after a model's choices were made have no part in them. The long table of its figures on these is
printed as JSON; kept as ``training/experiments/joined-VERSION.json``, it is what the pages show.
"""

import json
import sys
from pathlib import Path

from codeorigin_training.bundle.export import function_figures, in_contexts
from codeorigin_training.data.rows import read_functions, rows_where
from codeorigin_training.data.seen import SeenProjects
from codeorigin_training.metrics.detector import Detector
from codeorigin_training.metrics.rankings import Bootstrap, era_figures
from codeorigin_training.thresholds.config import judged


def joined_figures(bundle: Path, data: Path) -> dict[str, object]:
    """Functions and repositories of ``data`` that ``bundle`` has not seen, and the table of its figures on them.

    Raises:
        CodeOriginError: bundle or data cannot be read.
    """
    detector, draws = Detector(bundle), Bootstrap()
    calibration = detector.bundle.calibration
    seen = SeenProjects.from_manifest(detector.bundle.manifest) or SeenProjects.of(())
    everything = [row for row in read_functions(data) if row.repo not in seen]
    logits = detector.logits(everything)
    counted = judged(everything, calibration)
    rows = rows_where(everything, counted)
    figures = list(function_figures(everything, logits, calibration, draws))
    for context, answers in in_contexts(rows, logits[counted], calibration).items():
        figures += era_figures(rows, answers.log_odds, context, draws)
    return {
        "functions": len(everything),
        "repositories": len({row.project for row in everything}),
        "table": [figure.to_row(digits=4) for figure in figures],
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(joined_figures(Path(sys.argv[1]), Path(sys.argv[2])), indent=1) + "\n")
