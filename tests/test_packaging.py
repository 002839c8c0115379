"""What gets installed: only the server, small, with its licence, and nothing that could use a network."""

import email
import email.message
import json
import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

import codeorigin
from codeorigin.core.errors import ModelError
from codeorigin.model.bundle import Bundle
from codeorigin.model.scoring.scorer import Scorer

ROOT = Path(__file__).parents[1]
NETWORK = ("tokenizers", "huggingface_hub", "httpx", "requests", "urllib3", "torch", "transformers")


def build(kind: str, folder: Path, source: Path = ROOT) -> Path:
    """Build ``source`` with hatchling: a wheel of the ``standard`` or the ``editable`` kind."""
    script = (
        "import sys; from hatchling.builders.wheel import WheelBuilder\n"
        "print(*WheelBuilder(sys.argv[1]).build(directory=sys.argv[2], versions=[sys.argv[3]]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, source, folder, kind],
        check=True,
        capture_output=True,
        text=True,
        cwd=source,
    )
    return Path(done.stdout.strip().splitlines()[-1])


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    return zipfile.ZipFile(build("standard", tmp_path_factory.mktemp("wheel")))


def metadata(wheel: zipfile.ZipFile) -> email.message.Message:
    (name,) = [name for name in wheel.namelist() if name.endswith(".dist-info/METADATA")]
    return email.message_from_bytes(wheel.read(name))


def test_wheel_contains_only_the_server_and_its_models(wheel: zipfile.ZipFile) -> None:
    names = wheel.namelist()
    assert {name.split("/")[0].split("-")[0] for name in names} == {"codeorigin"}
    assert not [name for name in names if name.endswith((".jsonl", ".parquet"))]
    for needed in ("py.typed", "models/codeorigin-small/manifest.json", "models/codeorigin-small/ngrams.npz",
                   "models/codeorigin-language/manifest.json", "models/codeorigin-language/weights.npz",
                   "cli/language.schema.json",
                   "settings/settings.schema.json", "settings/codeorigin.schema.json",
                   "check/formats/report.schema.json", "history/formats/history.schema.json"):  # fmt: skip
        assert f"codeorigin/{needed}" in names
    guessing = sum(info.file_size for info in wheel.infolist() if "/codeorigin-language/" in info.filename)
    assert guessing < 2_000_000
    # The whole installation stays under 10 MB on disk once Python has compiled the modules.
    assert sum(info.file_size for info in wheel.infolist()) < 8_000_000


def test_archive_of_a_tag_is_enough_for_the_action(wheel: zipfile.ZipFile, tmp_path: Path) -> None:
    """GitHub unpacks one where the action runs: without history, without files that git does not track."""
    archive, action = tmp_path / "tag.tar", tmp_path / "action"
    subprocess.run(["git", "archive", "--output", archive, "HEAD"], cwd=ROOT, check=True)
    with tarfile.open(archive) as tag:
        tag.extractall(action, filter="data")
    assert (action / "action.yml").is_file()
    models = {name for name in wheel.namelist() if name.startswith("codeorigin/models/")}
    with zipfile.ZipFile(build("standard", tmp_path, action)) as made:
        assert models <= set(made.namelist())
        assert "codeorigin/__main__.py" in made.namelist()


def test_wheel_declares_and_contains_its_licence(wheel: zipfile.ZipFile) -> None:
    said = metadata(wheel)
    assert said["License-Expression"] == "Apache-2.0"
    assert said.get_all("License-File") == ["LICENSE"]
    (licence,) = [name for name in wheel.namelist() if name.endswith("/LICENSE")]
    assert wheel.read(licence) == (ROOT / "LICENSE").read_bytes()
    assert b"SPDX-License-Identifier: Apache-2.0" in wheel.read(licence)


def test_plain_installs_need_nothing_of_encoders(wheel: zipfile.ZipFile) -> None:
    required = metadata(wheel).get_all("Requires-Dist") or []
    plain = [each for each in required if "extra ==" not in each]
    assert plain
    assert not [each for each in plain if each.startswith(NETWORK)]
    for name in ("tokenizers", "onnxruntime"):
        assert not [each for each in plain if each.startswith(name)]
        assert [each for each in required if each.startswith(name) and "extra == 'deep'" in each]


def test_metadata_name_only_what_users_may_need(wheel: zipfile.ZipFile) -> None:
    said = metadata(wheel)
    assert said.get_all("Provides-Extra") == ["deep", "scan"]
    required = " ".join(said.get_all("Requires-Dist") or [])
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["dependency-groups"]
    assert {"training", "dev", "docs", "release"} <= set(groups)
    assert "torch" not in required
    assert "pytest" not in required
    assert said["Author"] == "CodeOrigin"
    assert "llm" in said["Keywords"].split(",")
    assert {each.split(",")[0] for each in said.get_all("Project-URL") or []} >= {"Homepage", "Issues"}


def test_readme_in_the_metadata_leads_to_the_files_of_this_version(wheel: zipfile.ZipFile) -> None:
    said = metadata(wheel)
    assert said["Description-Content-Type"] == "text/markdown"
    readme = str(said.get_payload())
    targets = re.findall(r"\]\(([^)]+)\)", readme)
    assert [target for target in targets if not target.startswith("https://")] == []
    (picture,) = re.findall(r"!\[[^]]*\]\(([^)]+)\)", readme)
    prefix = f"/raw/v{codeorigin.__version__}/"
    assert (ROOT / picture.partition(prefix)[2]).is_file()
    assert prefix in picture


def test_editable_install_finds_training_too(tmp_path: Path) -> None:
    paths = zipfile.ZipFile(build("editable", tmp_path))
    (name,) = [name for name in paths.namelist() if name.endswith(".pth")]
    folders = [Path(line) for line in paths.read(name).decode().split("\n") if line]
    assert {package.parent.name for folder in folders for package in folder.glob("codeorigin*/__main__.py")} == {
        "codeorigin", "codeorigin_training",
    }  # fmt: skip


def test_extension_ships_the_same_licence() -> None:
    assert (ROOT / "vscode-client" / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()
    manifest = json.loads((ROOT / "vscode-client" / "package.json").read_text("utf-8"))
    assert manifest["license"] == "Apache-2.0"
    assert "--skip-license" not in manifest["scripts"]["package"]
    assert "!LICENSE" in (ROOT / "vscode-client" / ".vscodeignore").read_text("utf-8").splitlines()


@pytest.mark.parametrize("missing", ["tokenizers", "onnxruntime"])
def test_deep_model_says_what_to_install(
    missing: str, tiny_model_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(ModelError) as raised:
        Scorer.of(Bundle.load(tiny_model_dir))
    assert str(raised.value) == (
        "the model has a deep part: install what it needs with pip install 'codeorigin[deep]'"
    )
