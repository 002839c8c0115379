"""What is needed for a tiny model whose deep part refines."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

from codeorigin.model.bundle import SCORE_GRAPH
from codeorigin.model.calibration.refined import RefinedScales
from codeorigin.model.calibration.scale import Scale, Thresholds
from codeorigin.model.folder import MANIFEST, sha256_of
from support.snippets import LEDGER, PARSER
from support.tiny_model import FILE_CONTEXT, with_commit_rules, with_entry

REFINED = RefinedScales(
    Scale(
        temperature=0.75,
        shift=0.05,
        false_positive_rate=0.03,
        default=Thresholds(llm=0.75, human=-0.75),
        languages={},
        human_logits=(-4.0, 0.0, 4.0),
        human_shares=(1.0, 0.3, 0.003),
    )
)
"""The scales for refined verdicts, different in every value from those for first verdicts."""

TWO = f"{LEDGER}\n\n{PARSER}"
"""A function that the wide part calls human, and one that it does not."""


def with_file_context_to_refine(directory: Path, source: Path) -> Path:
    """A copy of a bundle whose deep part refines, in the empty or new ``directory``, that uses neighbours."""
    in_file = replace(REFINED.alone, temperature=0.5, shift=-0.05)
    with_entry(directory, source, "file_context", FILE_CONTEXT.to_manifest())
    return with_entry(directory, directory, "refined", replace(REFINED, in_file=in_file).to_manifest())


def with_commit_rules_to_refine(directory: Path, source: Path) -> Path:
    """A copy of a bundle whose deep part refines, in the empty or new ``directory``, with all rules."""
    return with_commit_rules(directory, with_file_context_to_refine(directory, source))


def with_broken_deep_part(directory: Path, source: Path) -> Path:
    """A copy of the bundle in ``source`` in the new ``directory`` whose manifest lists a broken ``score.onnx``."""
    shutil.copytree(source, directory)
    (directory / SCORE_GRAPH).write_bytes(b"not a graph")
    manifest = json.loads((directory / MANIFEST).read_text(encoding="utf-8"))
    manifest["files"][SCORE_GRAPH] = sha256_of(directory / SCORE_GRAPH)
    (directory / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    return directory
