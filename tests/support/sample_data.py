"""Made-up data and quick settings for a first try of every training command: ``python -m support.sample_data FOLDER``.

The classes differ in style as no real ones do, so figures on this data only show that the commands work.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from support.corpus_maker import write_answers, write_corpus, write_distribution
from support.language_texts import write_functions_of_languages
from support.tiny_roberta import write_tiny_roberta

_ROOT = Path(__file__).parents[2]
_BUNDLE = "models/codeorigin-small"

QUICK: dict[str, dict[str, Any]] = {
    "language": {"functions": 12, "calibration_functions": 4, "test_functions": 4, "generated": 8,
                 "width": 4096, "peer_texts": 3, "epochs": 6},
    "correctness": {"samples": 6, "functions": 60, "rounds": 10, "bundle": _BUNDLE},
    "representations": {"functions": 60, "test_functions": 30, "explained_functions": 6, "bundle": _BUNDLE,
                        "vocabulary": 300, "dim": 12, "layers": 1, "heads": 1, "context": 48, "epochs": 1, "batch": 6,
                        "rounds": 10},
    "heads": {"layers": 2, "heads": 2, "dim": 8, "vocabulary": 300, "specification_tokens": 24, "code_tokens": 24,
              "epochs": 1, "batch": 4, "pairs": 8, "rounds": 5},
}  # fmt: skip
"""Settings with which each study takes seconds."""

QUICK_RECIPE: dict[str, Any] = {
    "pretrain.steps": 3,
    "pretrain.context": 64,
    "finetune.context": 128,
    "finetune.overlap": 16,
    "finetune.processes": 1,
    "finetune.validation_share": 0.3,
    "finetune.encoder.head_dim": 16,
    # An encoder with random weights has everything to learn.
    "finetune.encoder.body_dropout": 0.0,
    "finetune.phases": [
        {"strategy": "frozen", "learning_rate": 5e-3, "epochs": 3, "patience": 3, "batch": 16},
        {
            "strategy": "gradual",
            "layers": 2,
            "learning_rate": 1.5e-2,
            "epochs": 10,
            "patience": 10,
            "batch": 16,
        },
    ],
    "calibrate.llm_rate": 0.1,
    "export.baselines": False,
    "export.processes": 1,
}
"""What makes the classic recipe quick; the rest of it stays."""


def write_sample(folder: Path) -> Path:
    """Write the data, a tiny RoBERTa in ``encoder`` and the settings of every system into ``folder``."""
    write_corpus(folder, repositories=60, functions=8)
    write_distribution(folder)
    write_answers(folder)
    write_functions_of_languages(folder / "languages")
    write_tiny_roberta(folder / "encoder", layers=1, context=128)
    for name, settings in QUICK.items():
        (folder / f"{name}.json").write_text(json.dumps(settings, indent=1) + "\n", encoding="utf-8")
    recipe = json.loads((_ROOT / "training" / "recipes" / "classic.json").read_text(encoding="utf-8"))
    for dotted, value in (QUICK_RECIPE | {"finetune.encoder.name": str(folder / "encoder")}).items():
        *parents, last = dotted.split(".")
        inside = recipe
        for parent in parents:
            inside = inside.setdefault(parent, {})
        inside[last] = value
    (folder / "classic.json").write_text(json.dumps(recipe, indent=1) + "\n", encoding="utf-8")
    return folder


def main(arguments: Sequence[str]) -> str:
    """Write the folder that ``arguments`` name; returns a message about it."""
    if len(arguments) != 1:
        sys.exit("usage: python -m support.sample_data FOLDER")
    return f"wrote {write_sample(Path(arguments[0]))}"


if __name__ == "__main__":
    print(main(sys.argv[1:]))
