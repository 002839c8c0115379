"""All stages at once, by a recipe: the command that rebuilds a bundle."""

import shutil
import tempfile
import time
from dataclasses import field, replace
from pathlib import Path

from pydantic.dataclasses import dataclass

from codeorigin_training.bundle.export import ExportConfig
from codeorigin_training.calibration.config import CalibrateConfig
from codeorigin_training.configuration import STRICT
from codeorigin_training.data.corpus import CorpusConfig
from codeorigin_training.encoder.finetune import FinetuneConfig
from codeorigin_training.encoder.pretrain import PretrainConfig
from codeorigin_training.encoder.settings import COMPACT, EncoderConfig
from codeorigin_training.encoder.tokenizer import TokenizerConfig
from codeorigin_training.pipeline import STAGES, function_of
from codeorigin_training.report.pages import CardConfig
from codeorigin_training.run import Log, Run
from codeorigin_training.wide import WideConfig


@dataclass(frozen=True, config=STRICT)
class BuildConfig:
    """The settings of every stage; the defaults are those of the bundle that ships.

    With ``deep`` the bundle is an encoder in place of n-grams; ``pretraining`` pretrains it first. Settings that two
    stages must agree on are set once: the views in ``wide``, the encoder in ``finetune``.
    """

    corpus: CorpusConfig | None = None
    wide: WideConfig = field(default_factory=WideConfig)
    deep: bool = False
    pretraining: bool = False
    tokenizer: TokenizerConfig = field(default_factory=TokenizerConfig)
    pretrain: PretrainConfig = field(default_factory=PretrainConfig)
    finetune: FinetuneConfig = field(default_factory=FinetuneConfig)
    calibrate: CalibrateConfig = field(default_factory=CalibrateConfig)
    export: ExportConfig = field(default_factory=ExportConfig)

    def __post_init__(self) -> None:
        if self.pretraining and not self.deep:
            raise ValueError("pretraining is for an encoder: set deep too")
        if self.pretraining and self.pretrain.encoder not in (EncoderConfig(), self.finetune.encoder):
            raise ValueError("pretrain.encoder is not finetune.encoder: set finetune.encoder alone")

    def settings(self, data: Path) -> dict[str, object]:
        """The settings of every stage of a build from ``data``, by its name."""
        encoder = self.finetune.encoder
        found: dict[str, object] = {
            "corpus": replace(self.corpus, data=data) if self.corpus else CorpusConfig(data),
            "calibrate": replace(self.calibrate, deep=self.deep),
            "export": replace(
                self.export,
                views=tuple(view.view for view in self.wide.views),
                overlap=self.finetune.overlap,
            ),
            "card": CardConfig(),
        }
        if not self.deep:
            found["wide"] = self.wide
            return found
        if self.pretraining:
            found["pretrain"] = replace(self.pretrain, encoder=encoder)
        # A pretrained encoder keeps its own tokens, so its vocabulary is the run's.
        own = "" if encoder.name == COMPACT else encoder.name
        return found | {
            "tokenizer": replace(self.tokenizer, encoder=own or self.tokenizer.encoder),
            "finetune": self.finetune,
        }


def build(data: Path, out: Path | None, config: BuildConfig, run: Run) -> None:
    """Train, calibrate, measure and write a bundle into ``run.bundle``; an interrupted build resumes.

    Args:
        data: folder of functions.parquet and pairs.parquet.
        out: folder that gets a copy of the bundle; its files are replaced when the new ones are complete.
        config: settings of the stages.
        run: the run.

    Raises:
        CodeOriginError: the corpus cannot be read, or is too small to calibrate on.
    """
    timed = Run(run.folder, track=run.track, log=_timed(run.log))
    settings = config.settings(data)
    for name in STAGES:
        if name in settings:
            function_of(name)(settings[name], timed)
    if out is not None:
        _deliver(run.bundle, out)
    timed.log(f"wrote {out or run.bundle}")


def _deliver(bundle: Path, out: Path) -> None:
    """Replace the bundle's files in ``out``; other files there, such as a change log, are kept."""
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out) as name:
        for path in bundle.iterdir():
            shutil.copy2(path, Path(name) / path.name)
        for stale in (*out.glob("*.onnx"), *out.glob("*.json")):
            stale.unlink(missing_ok=True)
        for path in Path(name).iterdir():
            path.replace(out / path.name)


def _timed(log: Log) -> Log:
    started = time.monotonic()
    return lambda line: log(f"[{time.monotonic() - started:7.1f} s] {line}")
