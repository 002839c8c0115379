"""The command ``features``: stores the layer states of a pretrained body for a run's functions."""

import json
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from codeorigin_training.files import write_whole
from codeorigin_training.finetune.training import device_named
from codeorigin_training.pretrained.body import load_body
from codeorigin_training.pretrained.features import FeatureConfig, extract
from codeorigin_training.pretrained.sample import read_rows, reading_order
from codeorigin_training.run import Log, Run


@dataclass(frozen=True, slots=True)
class FeaturesCommandConfig:
    """The body, and the functions that it reads.

    ``body`` is a GGUF file or a folder written by ``save_pretrained``. ``data`` is a folder with functions.parquet,
    pairs.parquet and optionally human.parquet, by default the run's corpus. ``functions`` limits how many are read and
    ``seconds`` for how long (0: no limit); a later call continues. ``device`` ``auto`` uses a GPU if there is one.
    """

    body: Path
    data: Path | None = None
    features: FeatureConfig = field(default_factory=FeatureConfig)
    functions: int = 0
    seconds: float = 0.0
    device: str = "auto"
    seed: int = 0


def features(config: FeaturesCommandConfig, run: Run, log: Log) -> None:
    """Write shards and ``order.npy`` to ``run.features``, most varied functions first.

    Raises:
        EncoderError: the body cannot be loaded.
        CorpusError: the corpus is missing, or the folder holds features of another corpus.
    """
    data = config.data or run.needs(run.corpus, "corpus")
    rows = read_rows(data)
    run.features.mkdir(parents=True, exist_ok=True)
    order_path = run.features / "order.npy"
    if not order_path.is_file():
        np.save(order_path, reading_order(rows, config.seed))
        write_whole(run.features / "data.json", json.dumps({"data": str(data.resolve())}) + "\n")
    order = np.load(order_path)
    log(f"{len(rows)} functions, {len(order)} of them in the order")
    chosen = order[: config.functions] if config.functions else order
    body, tokenizer = load_body(
        config.body, layers=max(config.features.layers), kept=run.folder / "dequantised"
    )
    seconds = config.seconds or float("inf")
    body.to(device_named(config.device))
    held = extract(body, tokenizer, rows, chosen, run.features, config.features, log, seconds=seconds)
    log(f"{run.features} holds {held} of {len(chosen)} functions")
