"""The command ``card``: the model card, and the figures in the README and ``docs/quality.md``, from a manifest."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic.dataclasses import dataclass

from codeorigin.core.errors import CodeOriginError
from codeorigin.model.folder import MANIFEST
from codeorigin_training.configuration import STRICT
from codeorigin_training.experiments.declared import agents_sections
from codeorigin_training.experiments.trials import Trial, read_trials
from codeorigin_training.files import write_atomically
from codeorigin_training.report.card import figure_sections, model_card
from codeorigin_training.report.document import Block, Heading, Paragraph, markdown
from codeorigin_training.report.expectations import flagged_found_open, language_table, readme_table
from codeorigin_training.report.human_code import bands
from codeorigin_training.report.separation import (
    SELECTION,
    interval_note,
    quality_table,
)
from codeorigin_training.run import Log, Run, keep_settings


def with_metrics(readme: str, manifest: Mapping[str, Any]) -> str:
    """``readme`` with the manifest's table between its markers.

    Raises:
        CodeOriginError: the markers are missing or in the wrong order.
    """
    blocks: list[Block] = [
        Paragraph(flagged_found_open(manifest["metrics"])),
        readme_table(manifest["metrics"]),
        Paragraph(
            f"{manifest['name']} {manifest['version']}, {manifest['data']['held_out_repositories']} held-out "
            f"repositories. {bands(manifest['calibration'])}"
        ),
    ]
    return _between("metrics", readme, blocks)


def with_agents(page: str, trials: Mapping[str, Trial]) -> str:
    """``page`` with the figures of ``trials`` about agents in people's projects between its markers.

    Raises:
        CodeOriginError: the markers are missing or in the wrong order.
    """
    return _between("agents", page, agents_sections(trials))


def with_quality(page: str, manifest: Mapping[str, Any]) -> str:
    """``page`` with the manifest's figures between its markers.

    Raises:
        CodeOriginError: the markers are missing or in the wrong order.
    """
    metrics, data = manifest["metrics"], manifest["data"]
    summary: list[Block] = [
        Paragraph(flagged_found_open(metrics)),
        language_table(metrics),
        Paragraph(
            f"{manifest['name']} {manifest['version']}, {data['held_out_repositories']} held-out repositories. "
            "Brackets: the 90 % interval and the number of repositories, or in how many of how many there is any."
        ),
    ]
    page = _between("summary", page, summary)
    blocks: list[Block] = [
        Heading("Separating LLM-written from human-written functions"),
        Paragraph(
            f"{manifest['name']} {manifest['version']}, {data['held_out_repositories']} held-out repositories. "
            f"{interval_note(metrics)} The baselines were trained on the same rows with the same weights. {SELECTION}"
        ),
        quality_table(metrics),
        *figure_sections(manifest, 3),
    ]
    return _between("quality", page, blocks)


@dataclass(frozen=True, config=STRICT)
class CardConfig:
    """``bundle`` None uses the run's; ``readme`` and ``quality``, a page for false positives, are skipped if None.

    ``experiments`` is the folder of the trials whose figures about agents the page gets; None leaves them as they are.
    """

    bundle: Path | None = None
    readme: Path | None = None
    quality: Path | None = None
    experiments: Path | None = None


def card(config: CardConfig, run: Run, log: Log) -> None:
    """Rewrite the bundle's README.md, and the tables in ``config.readme`` and ``config.quality``.

    Raises:
        CodeOriginError: a file or the bundle is missing, its manifest is broken, or a page lacks its markers.
    """
    bundle = config.bundle or run.needs(run.bundle, "export")
    if not (bundle / MANIFEST).is_file():
        raise CodeOriginError(f"{bundle}: holds no {MANIFEST}; pass the folder of a bundle")
    for path in (config.readme, config.quality):
        if path is not None and not path.is_file():
            raise CodeOriginError(f"{path}: not found; pass the project's README and docs/quality.md")
    try:
        keep_settings(run, "card", config)
        manifest = json.loads((bundle / MANIFEST).read_text(encoding="utf-8"))
        write_atomically(bundle / "README.md", model_card(manifest))
        for path, made in ((config.readme, with_metrics), (config.quality, with_quality)):
            if path is not None:
                write_atomically(path, made(path.read_text(encoding="utf-8"), manifest))
        if config.quality is not None and config.experiments is not None:
            page = config.quality.read_text(encoding="utf-8")
            write_atomically(config.quality, with_agents(page, read_trials(config.experiments)))
    except (KeyError, TypeError, ValueError) as error:
        raise CodeOriginError(f"{bundle / MANIFEST}: broken manifest ({error!r}); export it again") from error
    log(f"wrote {bundle / 'README.md'}{'' if config.readme is None else f' and {config.readme}'}")


def _between(name: str, page: str, blocks: Sequence[Block]) -> str:
    first, last = f"<!-- {name}:begin -->", f"<!-- {name}:end -->"
    head, begin, rest = page.partition(first)
    _, end, tail = rest.partition(last)
    if not begin or not end:
        raise CodeOriginError(f"the page lacks the lines {first} and {last}")
    return f"{head}{first}\n{markdown(blocks)}\n{last}{tail}"
