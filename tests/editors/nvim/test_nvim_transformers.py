"""A bundle whose deep part is a transformers encoder, in a real Neovim: Integrated Gradients in the hover."""

from pathlib import Path

import pytest

from support.neovim import hover_text, line_of, neovim
from support.tiny_model import TinyModel, build_tiny_model


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory, graphs: Path) -> TinyModel:
    bundle, body = tmp_path_factory.mktemp("bundle"), tmp_path_factory.mktemp("roberta")
    return build_tiny_model(bundle, wide=False, roberta=body, cache=graphs)


def test_hover_and_request_explain_by_integrated_gradients(
    model: TinyModel,
    project: Path,
    quiet_home: dict[str, str],
    server_settings: dict[str, object],
) -> None:
    settings = server_settings | {"modelPath": str(model.directory)}
    with neovim(project, quiet_home, settings) as nvim:
        nvim.current.window.cursor = (line_of(nvim, "def balance_by_account") + 1, 6)
        text = hover_text(nvim)
        functions = nvim.exec_lua(
            """
            local client = vim.lsp.get_clients({ name = 'codeorigin' })[1]
            local asked = { textDocument = vim.lsp.util.make_text_document_params(0) }
            return client:request_sync('codeorigin/attributions', asked, 60000, 0).result.functions
            """
        )
    evidence = next(each for each in functions if each["name"] == "balance_by_account")["explanation"]
    assert (evidence["method"], evidence["baseline"]) == ("integrated_gradients", "mask")
    assert evidence["nodes"] >= 8
    moved = evidence["logit"] - evidence["baselineLogit"]
    assert moved != 0
    assert sum(line["value"] for line in evidence["lines"]) == pytest.approx(
        moved, abs=0.05 * max(abs(moved), 1)
    )
    strongest = max(evidence["lines"], key=lambda line: abs(line["value"]))
    assert f"  {strongest['line'] + 1}  " in text
