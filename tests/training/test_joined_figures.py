"""Figures of a bundle on repositories that it has not seen."""

import json
import shutil
from pathlib import Path

from codeorigin.model.folder import sealed
from codeorigin_training.data.rows import read_functions
from codeorigin_training.data.seen import SeenProjects
from codeorigin_training.experiments.joined import joined_figures
from support.corpus_maker import write_corpus


def test_only_repositories_that_the_bundle_has_not_seen_are_measured(
    tiny_model_dir: Path, tmp_path: Path
) -> None:
    data = write_corpus(tmp_path / "data", repositories=8, functions=6, per_file=2)
    rows = read_functions(data)
    new = sorted({row.project for row in rows})[:3]
    bundle = tmp_path / "bundle"
    shutil.copytree(tiny_model_dir, bundle)
    manifest = json.loads((bundle / "manifest.json").read_text(encoding="utf-8"))
    manifest["data"] |= {"seen": SeenProjects.of({row.repo for row in rows} - set(new)).to_manifest()}
    (bundle / "manifest.json").write_text(json.dumps(sealed(manifest)), encoding="utf-8")
    found = joined_figures(bundle, data)
    assert found["functions"] == sum(row.project in new for row in rows)
    assert found["repositories"] == len(new)
    table = found["table"]
    assert isinstance(table, list)
    assert {row["statistic"] for row in table} >= {"called llm", "called human", "unsure"}
    assert max(row.get("repositories", 0) for row in table) <= len(new)
