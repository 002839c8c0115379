"""A bundle whose deep part is a transformers encoder, in the server: its verdicts and their Integrated Gradients."""

import json
import shutil
from pathlib import Path

import onnx
import pytest
import torch
from tests.server.lsp.conftest import NEOVIM, StartOnce
from tests.server.lsp.editor import Editor, hover_rows, python_function

from codeorigin.analysis.analyzer import Analyzer
from codeorigin.core.errors import ModelError
from codeorigin.functions.documents import Document
from codeorigin.model.reading.normalize import normalize
from codeorigin_training.bundle.writing import manifest_text
from support.tiny_model import TinyModel, build_tiny_model

CODE = python_function("heat")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory, graphs: Path) -> TinyModel:
    bundle, body = tmp_path_factory.mktemp("bundle"), tmp_path_factory.mktemp("roberta")
    return build_tiny_model(bundle, wide=False, roberta=body, cache=graphs)


@pytest.fixture
async def server(start_once: StartOnce, model: TinyModel) -> Editor:
    return await start_once(NEOVIM, "encoder", model=model.directory)


async def test_exported_graphs_match_the_encoder(model: TinyModel) -> None:
    ids = model.tokenizer.encode(normalize(CODE, "python")).ids[: model.encoder.context]
    given = torch.from_numpy(ids)[None]
    mask = torch.ones(1, len(ids), dtype=torch.bool)
    with torch.inference_mode():
        expected = float(model.encoder(given, mask))
    assert model.scorer().deep_logits([ids])[0] == pytest.approx(expected, abs=1e-5)
    # The embedding table is in the graph that embeds, and not repeated in the gradient graph.
    rows = model.encoder.token_embedding.num_embeddings
    for path, holds in ((model.score_path, True), (model.gradient_path, False)):
        tables = [each for each in onnx.load(str(path)).graph.initializer if rows in each.dims]
        assert bool(tables) is holds


def explained_by(model: TinyModel, folder: Path, **how: str) -> Analyzer:
    """The model with other settings of its explanations, in the new ``folder``."""
    shutil.copytree(model.directory, folder)
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    manifest["deep"] |= how
    (folder / "manifest.json").write_text(manifest_text(manifest), "utf-8")
    return Analyzer.load(folder)


@pytest.mark.parametrize("baseline", ["mask", "zero", "pad"])
@pytest.mark.parametrize("aggregation", ["sum", "l2_norm"])
def test_manifest_says_how_the_model_is_explained(
    model: TinyModel, tmp_path: Path, baseline: str, aggregation: str
) -> None:
    analyzer = explained_by(model, tmp_path / "bundle", baseline=baseline, aggregation=aggregation)
    (function,) = analyzer.analyze(Document(CODE, "python")).functions
    evidence = analyzer.explainer.explain(CODE, function)
    assert evidence.baseline is not None
    assert evidence.baseline.value == baseline
    moved = evidence.logit - evidence.baseline_logit
    assert sum(line.value for line in evidence.lines) == pytest.approx(moved, abs=0.05 * max(abs(moved), 1))
    assert aggregation == "sum" or min(token.value for token in evidence.top_tokens) > 0


def test_manifest_with_an_unknown_baseline_is_refused(model: TinyModel, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="is not a valid Baseline"):
        explained_by(model, tmp_path / "bundle", baseline="noise")


async def test_integrated_gradients_add_up(editor: Editor) -> None:
    document = editor.open(CODE)
    (function,) = (await editor.attributions(document))["functions"]
    evidence = function["explanation"]
    assert (evidence["method"], evidence["baseline"]) == ("integrated_gradients", "mask")
    assert evidence["nodes"] >= 8
    moved = evidence["logit"] - evidence["baselineLogit"]
    assert moved != 0
    total = sum(line["value"] for line in evidence["lines"])
    assert total == pytest.approx(moved, abs=0.05 * max(abs(moved), 1))
    assert len(evidence["topTokens"]) == 5
    values = [token["value"] for token in evidence["topTokens"]]
    assert values == sorted(values, key=abs, reverse=True)
    strongest = max(evidence["lines"], key=lambda line: abs(line["value"]))
    assert hover_rows(await editor.hover_text(document, 0))[0][2] == strongest["line"] + 1
