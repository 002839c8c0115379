"""How a bundle does on repositories that it has not seen: ``python -m codeorigin_training.experiments.joined``.

Data that joined after a model's choices were made have no part in them. The long table of its figures on these is
printed as JSON; kept as ``training/experiments/joined-VERSION.json``, it is what the pages show.
"""

import json
import sys
from dataclasses import asdict
from pathlib import Path

from codeorigin_training.data.rows import read_functions
from codeorigin_training.data.seen import SeenProjects
from codeorigin_training.metrics.detector import Detector
from codeorigin_training.metrics.table import measured_table


def joined_figures(bundle: Path, data: Path) -> dict[str, object]:
    """Functions and repositories of ``data`` that ``bundle`` has not seen, and the table of its figures on them.

    Raises:
        CodeOriginError: bundle or data cannot be read.
    """
    detector = Detector(bundle)
    seen = SeenProjects.from_manifest(detector.bundle.manifest) or SeenProjects.of(())
    rows = [row for row in read_functions(data) if row.repo not in seen]
    table = measured_table(rows, detector.logits(rows), detector.bundle.calibration)
    return {
        "functions": len(rows),
        "repositories": len({row.project for row in rows}),
        "table": [
            {
                name: round(value, 4) if isinstance(value, float) else value
                for name, value in asdict(row).items()
            }
            for row in table
        ],
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(joined_figures(Path(sys.argv[1]), Path(sys.argv[2])), indent=1) + "\n")
