"""Keep the figures in the README and ``docs/quality.md`` in sync with the shipped model's manifest."""

import json
from pathlib import Path

from codeorigin.errors import CodeOriginError
from codeorigin_training.export.card import model_card
from codeorigin_training.export.quality import with_quality
from codeorigin_training.export.tables import expected_rate, readme_table
from codeorigin_training.files import write_whole

BEGIN, END = "<!-- metrics:begin -->", "<!-- metrics:end -->"


def with_metrics(readme: str, manifest_text: str) -> str:
    """``readme`` with the manifest's table between its markers.

    Raises:
        CodeOriginError: the markers are missing or in the wrong order.
    """
    head, begin, rest = readme.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not begin or not end:
        raise CodeOriginError(f"the README lacks the lines {BEGIN} and {END}")
    manifest = json.loads(manifest_text)
    note = (
        f"{manifest['name']} {manifest['version']}, {manifest['data']['held_out_repositories']} held-out repositories, "
        "each function by its own text; 90 % intervals. "
        f"{expected_rate(manifest['calibration'])}; this promise is not about a single finding."
    )
    return f"{head}{BEGIN}\n{readme_table(manifest['metrics'])}\n\n{note}\n{END}{tail}"


def refresh(model: Path, readme: Path | None, quality: Path | None = None) -> None:
    """Regenerate the model card, and the figures in ``readme`` and ``quality`` if given, from the manifest."""
    text = (model / "manifest.json").read_text(encoding="utf-8")
    write_whole(model / "README.md", model_card(json.loads(text)))
    if readme is not None:
        write_whole(readme, with_metrics(readme.read_text(encoding="utf-8"), text))
    if quality is not None:
        write_whole(quality, with_quality(quality.read_text(encoding="utf-8"), json.loads(text)))
