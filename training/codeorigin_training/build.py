"""All stages at once: the command that rebuilds a bundle."""

import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import field, replace
from pathlib import Path

from pydantic.dataclasses import dataclass

from codeorigin.core.errors import CodeOriginError
from codeorigin_training.bundle.export import ExportConfig
from codeorigin_training.configuration import STRICT
from codeorigin_training.data.corpus import CorpusConfig
from codeorigin_training.encoder.finetune import FinetuneConfig
from codeorigin_training.encoder.pretrain import PretrainConfig
from codeorigin_training.encoder.settings import COMPACT, EncoderConfig
from codeorigin_training.encoder.tokenizer import TokenizerConfig
from codeorigin_training.ngrams.train import WideConfig
from codeorigin_training.ngrams.unseen_agents import UnseenAgentsConfig
from codeorigin_training.pipeline import STAGES
from codeorigin_training.run import Log, Run
from codeorigin_training.thresholds.config import CalibrateConfig


@dataclass(frozen=True, config=STRICT)
class BuildConfig:
    """The settings of every stage; the defaults are those of the bundle that ships.

    With ``deep`` the bundle is an encoder in place of n-grams; ``pretraining`` pretrains it first. Settings that two
    stages must agree on are set once: the views in ``wide``, the encoder in ``finetune``.
    """

    corpus: CorpusConfig | None = None
    wide: WideConfig = field(default_factory=WideConfig)
    unseen_agents: tuple[str, ...] = UnseenAgentsConfig().agents
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

    @property
    def pretrained(self) -> PretrainConfig:
        """The pretraining settings, for the encoder that is fine-tuned."""
        return replace(self.pretrain, encoder=self.finetune.encoder)

    def settings(self, data: Path) -> dict[str, object]:
        """The settings of every stage of a build from ``data``, by its name."""
        views = tuple(view.view for view in self.wide.views)
        found: dict[str, object] = {
            "corpus": replace(self.corpus, data=data) if self.corpus else CorpusConfig(data),
            "calibrate": replace(self.calibrate, deep=self.deep),
            "export": replace(self.export, views=views, overlap=self.finetune.overlap),
        }
        if not self.deep:
            return found | {
                "wide": self.wide,
                "unseen_agents": UnseenAgentsConfig(self.unseen_agents, self.wide),
            }
        # A pretrained encoder keeps its own tokens, so its vocabulary is the run's.
        name = self.finetune.encoder.name
        settings = self.tokenizer if name == COMPACT else replace(self.tokenizer, encoder=name)
        found |= {"tokenizer": settings, "finetune": self.finetune}
        return found | ({"pretrain": self.pretrained} if self.pretraining else {})


def build(
    data: Path,
    out: Path | None,
    config: BuildConfig,
    log: Log,
    folder: Path | None = None,
    *,
    track: bool = False,
) -> None:
    """Train, calibrate, measure and write a bundle into ``out``.

    Args:
        data: folder of functions.parquet and pairs.parquet.
        out: folder of the bundle; its files are replaced when the new ones are complete. None leaves it in ``folder``.
        config: settings of the stages.
        log: called with a line for every step.
        folder: folder of the run, from which an interrupted build resumes; None keeps nothing.
        track: whether to keep figures and pictures of the run in MLflow's database in ``folder``.

    Raises:
        CodeOriginError: the corpus cannot be read, or is too small to calibrate on, or there is neither ``out`` nor
            ``folder``.
    """
    log = _timed(log)
    if folder is None:
        if out is None:
            raise CodeOriginError("the bundle would be lost: pass --run or --out")
        with tempfile.TemporaryDirectory() as name:
            _stages(data, config, Run(Path(name)), log)
            _deliver(Run(Path(name)).bundle, out)
    else:
        folder.mkdir(parents=True, exist_ok=True)
        _stages(data, config, Run(folder, track), log)
        if out is None:
            out = Run(folder).bundle
        else:
            _deliver(Run(folder).bundle, out)
    log(f"wrote {out}")


def _stages(data: Path, config: BuildConfig, run: Run, log: Log) -> None:
    settings = config.settings(data)
    for stage in STAGES:
        if stage.name in settings:
            stage.function(settings[stage.name], run, log)


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


def _timed(log: Log) -> Callable[[str], None]:
    started = time.monotonic()
    return lambda line: log(f"[{time.monotonic() - started:7.1f} s] {line}")
