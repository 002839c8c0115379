"""A complete model bundle, small enough to be exported in a test session: random weights, real files."""

import fcntl
import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

import codeorigin_training
from codeorigin.explain.explainer import Explainer
from codeorigin.languages import LANGUAGES
from codeorigin.model.bundle import (
    FORMAT,
    GENERAL_MEANS,
    GRADIENT_GRAPH,
    NGRAM_WEIGHTS,
    SCORE_GRAPH,
    TOKENIZER,
)
from codeorigin.model.calibration.calibration import Context, NeighbourRule, PooledRule
from codeorigin.model.folder import MANIFEST, sealed, sha256_of
from codeorigin.model.ngrams.hashed_views import NgramViews, View, ViewKind
from codeorigin.model.ngrams.weights import NgramWeights
from codeorigin.model.past import PastRule
from codeorigin.model.reading.normalize import normalize
from codeorigin.model.reference import ReferenceRule
from codeorigin.model.scoring.deep_settings import DeepSettings
from codeorigin.model.scoring.graph import Graph
from codeorigin.model.scoring.scorer import Scorer
from codeorigin.model.scoring.tokenizer import Tokenizer
from codeorigin_training.bundle.parity import export_graphs
from codeorigin_training.bundle.quantization import general_entry, quantize
from codeorigin_training.data.rows import Row
from codeorigin_training.encoder.files import make_encoder
from codeorigin_training.encoder.model import Encoder, compact_body
from codeorigin_training.encoder.settings import EncoderConfig, Pooling
from codeorigin_training.encoder.tokenizer import own_tokenizer, train_tokenizer
from support.scales import scale
from support.snippets import ALL
from support.tiny_roberta import write_tiny_roberta

BIAS = -0.25
LANGUAGE_BIAS = {language.model_language: BIAS for language in LANGUAGES.values()}
"""The same in every language."""

CONTEXT, OVERLAP = 64, 16
VIEWS = (
    View(ViewKind.WORDS, 1, 2, 512),
    View(ViewKind.SHAPES, 1, 3, 256),
    View(ViewKind.CHARACTERS, 2, 4, 1024),
)


@dataclass(frozen=True)
class TinyModel:
    """A bundle folder and the PyTorch parts it was made from; None where it lacks the part."""

    directory: Path
    deep: tuple[Encoder, Tokenizer] | None
    wide: npt.NDArray[np.float32] | None

    @property
    def encoder(self) -> Encoder:
        assert self.deep is not None
        return self.deep[0]

    @property
    def tokenizer(self) -> Tokenizer:
        assert self.deep is not None
        return self.deep[1]

    @property
    def wide_weights(self) -> npt.NDArray[np.float32]:
        assert self.wide is not None
        return self.wide

    @property
    def score_path(self) -> Path:
        return self.directory / SCORE_GRAPH

    @property
    def weights_path(self) -> Path:
        return self.directory / NGRAM_WEIGHTS

    @property
    def gradient_path(self) -> Path:
        return self.directory / GRADIENT_GRAPH

    def scorer(self, *, context: int = CONTEXT, overlap: int = OVERLAP) -> Scorer:
        """The bundle's scorer, with windows of any size that the encoder can read."""
        deep, graph, views, weights = None, None, None, None
        if self.deep is not None:
            deep = DeepSettings(min(context, self.encoder.context), overlap, self.encoder.width)
            graph = Graph(self.score_path)
        if self.wide is not None:
            views, weights = NgramViews(VIEWS), NgramWeights.load(self.weights_path)
        return Scorer(
            views=views,
            weights=weights,
            tokenizer=None if self.deep is None else self.tokenizer,
            deep=deep,
            graph=graph,
            language_bias=LANGUAGE_BIAS,
        )

    def explainer(self, *, context: int = CONTEXT) -> Explainer:
        """The bundle's explainer, with windows of any size that the encoder can read."""
        path = None if self.deep is None else self.gradient_path
        return Explainer(self.scorer(context=context), path)


def tiny_tokenizer() -> Tokenizer:
    """A byte-level BPE of a few hundred entries, trained as the real one is, on the shared snippets."""
    rows = [
        Row(code, language, label=0, repo="", agent="", modern=True, is_test=False, lines=0)
        for code, language in ALL
    ]
    return Tokenizer(train_tokenizer(rows, vocab_size=400, sample=len(rows), seed=0))


def tiny_encoder(vocab_size: int) -> Encoder:
    """One layer, 16 wide, with weights large enough for the logit to curve along the path of an attribution."""
    torch.manual_seed(2)
    shape = EncoderConfig(dim=16, layers=1, heads=2, feedforward=32, context=512, head_dim=16)
    encoder = Encoder(compact_body(shape, vocab_size, pad_id=0), shape).eval()
    with torch.no_grad():
        for parameter in encoder.parameters():
            if parameter.ndim > 1:
                parameter.normal_(std=0.15)
        # Half the head's units on, half off, all far from their kink, so that few nodes integrate a path well.
        encoder.head[1].bias.copy_(torch.tensor([1.2, -1.2]).repeat(8))
        encoder.last_layer.weight.mul_(6.0)
        # About undecided on a masked input, so that the verdicts of real code differ.
        encoder.last_layer.bias.fill_(0.0)
    return encoder


FILE_RULE = PooledRule(4.0, 0.0, 2, scale(0.25, -0.25, temperature=0.5))

IN_FILE = NeighbourRule(weight=0.8, prior_functions=1.0, neutral=0.0)
FILE_CONTEXT = Context(scale=scale(1.0, -1.0, temperature=1.5, shift=0.1), file=IN_FILE)


def with_file_context(directory: Path, source: Path, rule: Context = FILE_CONTEXT) -> Path:
    """A copy of the bundle in ``source`` in the empty or new ``directory`` that uses neighbours as evidence."""
    return with_entry(directory, source, "file_context", rule.to_manifest())


def with_file_rule(directory: Path, source: Path, rule: PooledRule = FILE_RULE) -> Path:
    """A copy of the bundle in ``source`` in the empty or new ``directory``, with a rule for whole files."""
    return with_entry(directory, source, "file", rule.to_manifest())


COMMIT_RULE = PooledRule(prior_lines=8.0, prior_logit=0.0, fewest_functions=2, scale=FILE_RULE.scale)
IN_COMMIT = NeighbourRule(weight=1.2, prior_functions=1.0, neutral=0.1)
IN_FILE_OF_COMMIT = NeighbourRule(weight=0.4, prior_functions=2.0, neutral=0.2)
COMMIT_CONTEXT = Context(scale=replace(FILE_CONTEXT.scale, temperature=1.25), commit=IN_COMMIT)
FILE_AND_COMMIT_CONTEXT = Context(
    scale=replace(FILE_CONTEXT.scale, temperature=2.5),
    file=IN_FILE_OF_COMMIT,
    commit=IN_COMMIT,
)


def with_commit_rules(directory: Path, source: Path, rule: PooledRule = COMMIT_RULE) -> Path:
    """A copy of the bundle in ``source`` in the empty or new ``directory``, with all rules for files and commits."""
    with_file_context(directory, source)
    with_entry(directory, directory, "file", FILE_RULE.to_manifest())
    with_entry(directory, directory, "commit", rule.to_manifest())
    with_entry(directory, directory, "commit_context", COMMIT_CONTEXT.to_manifest())
    return with_entry(directory, directory, "file_and_commit_context", FILE_AND_COMMIT_CONTEXT.to_manifest())


PAST_RULE = PastRule(
    quantile=0.5, weight=0.5, prior_functions=0.0, typical=-3.0, fewest_functions=4, farthest=100.0
)


def with_past_rule(directory: Path, source: Path, rule: PastRule = PAST_RULE) -> Path:
    """A copy of the bundle in ``source`` in the empty or new ``directory``, with a rule for a project's past.

    The calibration with the past is the one without.
    """
    calibration = json.loads((source / MANIFEST).read_text(encoding="utf-8"))["calibration"]
    without = {name: entry for name, entry in calibration.items() if name not in ("past", "with_past")}
    with_entry(directory, source, "with_past", without)
    return with_entry(directory, directory, "past", rule.to_manifest())


REFERENCE_RULE = ReferenceRule(
    characters=(3, 4), width=1 << 12, prior_functions=2.0, scale=20.0, fewest_declared=0, fewest_human=4
)


def with_reference_rule(directory: Path, source: Path, rule: ReferenceRule = REFERENCE_RULE) -> Path:
    """A copy of the bundle in ``source`` in ``directory``, with rules for a project's past and its records.

    The calibrations with them are the one without. In general, LLM-written Python is taken for comments on values.
    """
    with_past_rule(directory, source)
    text = normalize("def f(value):\n    # Check the value.\n    return value\n", "python").text
    (found,) = NgramViews([rule.view]).extract_many([text], "python")
    mean = np.zeros(rule.width, dtype=np.float32)
    mean[found.ids] = found.values
    means, largest = general_entry({"python": mean})
    np.save(directory / GENERAL_MEANS, means)
    manifest = json.loads((directory / MANIFEST).read_text(encoding="utf-8"))
    calibration = manifest["calibration"]
    calibration |= {"reference": rule.to_manifest(), "with_reference": calibration["with_past"]}
    manifest["general"] = largest
    manifest["files"][GENERAL_MEANS] = sha256_of(directory / GENERAL_MEANS)
    (directory / MANIFEST).write_text(sealed(manifest), encoding="utf-8")
    return directory


def with_entry(directory: Path, source: Path, name: str, entry: dict[str, Any]) -> Path:
    """A copy of the bundle in ``source``, or itself in its own folder, with another ``entry`` of its calibration."""
    if source != directory:
        shutil.copytree(source, directory, dirs_exist_ok=True)
    manifest = json.loads((directory / MANIFEST).read_text(encoding="utf-8"))
    manifest["calibration"][name] = entry
    (directory / MANIFEST).write_text(sealed(manifest), encoding="utf-8")
    return directory


def tiny_roberta(folder: Path) -> tuple[Tokenizer, Encoder]:
    """A transformers encoder of the RoBERTa family, written into ``folder``, with its own tokenizer."""
    name = str(write_tiny_roberta(folder, layers=1))
    tokenizer = Tokenizer(own_tokenizer(name)[0])
    tokenizer.save(folder / "own.json")
    settings = EncoderConfig(name=name, head_dim=16, pooling=Pooling.CLS)
    return tokenizer, make_encoder(settings, folder / "own.json").eval()


def tiny_parts() -> tuple[Tokenizer, Encoder]:
    tokenizer = tiny_tokenizer()
    return tokenizer, tiny_encoder(tokenizer.vocab_size)


def build_tiny_model(
    directory: Path,
    *,
    wide: bool = True,
    deep: bool = True,
    roberta: Path | None = None,
    cache: Path | None = None,
) -> TinyModel:
    """Export a bundle into ``directory``, which exists and is empty.

    With ``roberta``, an empty folder that the encoder is written into first, its deep part is a transformers encoder.
    The export takes most of a minute, so its graphs are kept in the folder ``cache`` for the next session, under a
    name that depends on the weights and all code that they come from. Of several processes that want the same
    graphs, only one exports them.
    """
    encoder: Encoder | None = None
    if deep:
        tokenizer, encoder = tiny_parts() if roberta is None else tiny_roberta(roberta)
        tokenizer.save(directory / TOKENIZER)
    weights: npt.NDArray[np.float32] | None = None
    if wide:
        drawn = np.random.default_rng(5).normal(0.0, 0.5, NgramViews(VIEWS).table_size)
        stored = quantize(drawn)
        stored.save(directory / NGRAM_WEIGHTS)
        weights = stored.weights
    if encoder is not None and cache is None:
        export_graphs(directory, encoder)
    elif encoder is not None and cache is not None:
        graphs = cache / _origin(encoder)
        with _alone(graphs):
            if not graphs.is_dir():
                # All or nothing, in case it is interrupted.
                with tempfile.TemporaryDirectory(dir=cache) as part:
                    made = Path(part) / "graphs"
                    made.mkdir()
                    export_graphs(made, encoder)
                    made.replace(graphs)
            shutil.copytree(graphs, directory, dirs_exist_ok=True)
    model = TinyModel(directory, None if encoder is None else (encoder, tokenizer), weights)
    (directory / MANIFEST).write_text(sealed(_manifest(model)), encoding="utf-8")
    return model


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Any other process that asks for ``path`` waits."""
    with path.with_suffix(".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # until the file is closed
        yield


def _origin(encoder: Encoder) -> str:
    """A digest of what an export depends on: weights, the code of the training tree, PyTorch."""
    digest = hashlib.sha256(torch.__version__.encode())
    training = Path(codeorigin_training.__file__).parent
    for path in sorted(path for room in ("bundle", "encoder") for path in (training / room).rglob("*.py")):
        digest.update(path.read_bytes())
    for name, tensor in sorted(encoder.state_dict().items()):
        digest.update(name.encode() + tensor.numpy().tobytes())
    return digest.hexdigest()[:16]


def _manifest(model: TinyModel) -> dict[str, Any]:
    deep: dict[str, Any] | None = None
    baseline = 0.0
    if model.deep is not None:
        encoder = model.encoder
        context = min(CONTEXT, encoder.context)
        deep = {
            "context": context,
            "overlap": OVERLAP,
            "vocab_size": encoder.token_embedding.num_embeddings,
            "dim": encoder.width,
        }
        masked = np.full(context, model.tokenizer.mask_id, dtype=np.int64)
        baseline += float(model.scorer().deep_logits([masked])[0])
    present = (NGRAM_WEIGHTS, SCORE_GRAPH, GRADIENT_GRAPH, TOKENIZER)
    files = {
        name: sha256_of(model.directory / name) for name in present if (model.directory / name).is_file()
    }
    return {
        "format": FORMAT,
        "name": "tiny",
        "version": "0.0.1",
        "files": files,
        "wide": None if model.wide is None else {"views": [view.to_manifest() for view in VIEWS]},
        "deep": deep,
        "language_bias": LANGUAGE_BIAS,
        "baseline_logit": baseline,
        "calibration": {
            "alone": scale(0.5, -0.5, {"go": (1.0, -1.0)}, temperature=1.5).to_manifest(),
            "min_lines": 3,
            "min_characters": 30,
            "max_lines": 300,
        },
        "data": {"inputs": {"corpus": "made up"}},
        "metrics": {},
    }
