"""The command ``card``: writes the model card and the README's table from a bundle's manifest."""

from pathlib import Path

from pydantic.dataclasses import dataclass

from codeorigin.errors import CodeOriginError
from codeorigin.model.folder import MANIFEST
from codeorigin_training.configuration import STRICT
from codeorigin_training.report.pages import refresh
from codeorigin_training.run import Log, Run
from codeorigin_training.tracking import keep_settings


@dataclass(frozen=True, config=STRICT)
class CardConfig:
    """``bundle`` None uses the run's; ``readme`` and ``quality``, a page for false positives, are skipped if None."""

    bundle: Path | None = None
    readme: Path | None = None
    quality: Path | None = None


def card(config: CardConfig, run: Run, log: Log) -> None:
    """Rewrite the bundle's README.md, and the tables in ``config.readme`` and ``config.quality``.

    Raises:
        CodeOriginError: a file or the bundle is missing, its manifest is broken, or a page lacks its markers.
    """
    bundle = config.bundle or run.needs(run.bundle, "export")
    if not (bundle / MANIFEST).is_file():
        raise CodeOriginError(f"{bundle}: holds no {MANIFEST}; pass the folder of a bundle")
    if config.readme is not None and not config.readme.is_file():
        raise CodeOriginError(f"{config.readme}: not found; pass the project's README")
    if config.quality is not None and not config.quality.is_file():
        raise CodeOriginError(f"{config.quality}: not found; pass the project's docs/quality.md")
    try:
        keep_settings(run, "card", config)
        refresh(bundle, config.readme, config.quality)
    except (KeyError, TypeError, ValueError) as error:
        raise CodeOriginError(f"{bundle / MANIFEST}: broken manifest ({error!r}); export it again") from error
    log(f"wrote {bundle / 'README.md'}{'' if config.readme is None else f' and {config.readme}'}")
