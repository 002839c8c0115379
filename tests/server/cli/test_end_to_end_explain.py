"""``explain`` and ``doctor`` with the shipped model."""

import json
import re
from pathlib import Path

import pytest

from support.command import TERSE, report_of, run


def test_explain_shows_every_line_with_its_evidence() -> None:
    done = run("explain", f"{TERSE}:12")
    shown = done.stdout.decode()
    assert (done.returncode, done.stderr) == (0, b"")
    assert shown.startswith("rpn  ")
    assert re.search(r"logit [+-]\d+\.\d\d = baseline [+-]\d+\.\d\d \+ lines [+-]\d+\.\d\d", shown)
    assert re.search(r"completeness gap (under )?[\d.]+ %", shown)
    body = TERSE.read_text().split("def rpn(s):\n")[1].split("\n\n")[0].splitlines()
    for line in body:
        assert line.strip() in shown
    assert "strongest tokens" in shown


@pytest.mark.parametrize(
    "options",
    [
        (),
        ("--ig-baseline", "zero"),
        ("--ig-baseline", "pad", "--nodes", "16"),
        ("--tokens", "12"),
    ],
)
def test_lines_add_up_to_the_logit(options: tuple[str, ...]) -> None:
    done = run("explain", f"{TERSE}:12", "--format", "json", *options)
    explained = json.loads(done.stdout)
    evidence = explained["logit"] - explained["baseline_logit"]
    total = sum(line["value"] for line in explained["lines"])
    scale = max(abs(evidence), 1.0)
    assert abs(total - evidence) / scale == pytest.approx(explained["completeness_gap"], abs=1e-5)
    assert explained["approximate"] is (explained["completeness_gap"] > 0.02)
    assert [line["line"] for line in explained["lines"]] == sorted(
        {line["line"] for line in explained["lines"]}
    )
    assert all(
        line["value"] == pytest.approx(line["wide"] + line["deep"], abs=1e-6) for line in explained["lines"]
    )
    assert len(explained["top_tokens"]) == (12 if "--tokens" in options else 5)
    assert sum(each["value"] for each in explained["constructs"]) == pytest.approx(total, abs=1e-6)


def test_explain_and_check_give_the_same_logit() -> None:
    checked = report_of(run("check", TERSE, "--format", "json"))["files"][0]["functions"][0]
    explained = json.loads(run("explain", f"{TERSE}:{checked['start_line']}", "--format", "json").stdout)
    assert explained["logit"] == pytest.approx(checked["logit"], abs=1e-4)
    assert explained["probability"] == checked["probability"]


def test_explain_supports_occlusion() -> None:
    done = run("explain", f"{TERSE}:12", "--method", "occlusion", "--format", "json")
    explained = json.loads(done.stdout)
    assert done.returncode == 0
    assert explained["method"] == "occlusion"
    assert any(line["value"] != 0 for line in explained["lines"])


def test_doctor_finds_no_problems() -> None:
    done = run("doctor")
    lines = done.stdout.decode().splitlines()
    assert (done.returncode, done.stderr) == (0, b"")
    assert all(line.startswith("ok    ") for line in lines)
    assert [line.removeprefix("ok    ")[:15].strip() for line in lines] == [
        "codeorigin", "python", "packages", "languages", "language model", "settings", "model", "self test", "speed",
    ]  # fmt: skip
    assert lines[-2].endswith(", as recorded")


def test_doctor_says_what_is_wrong(broken_model: Path) -> None:
    done = run("doctor", "--model", broken_model)
    assert b"WRONG model" in done.stdout
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert b"SHA-256 differs from the manifest" in line
