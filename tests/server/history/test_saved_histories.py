"""``codeorigin report`` on the output of ``codeorigin history --format json``."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from codeorigin.cli.app import main
from codeorigin.history.formats.json import load_schema
from support.repositories import DECLARED, Repository, plain_functions
from support.tiny_model import with_commit_rules

Written = Callable[..., str]
SCRIPT = "</code><script>alert(1)</script>\x1b[2J"


@pytest.fixture
def history(
    tmp_path: Path, tiny_model_dir: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Written:
    """``history(format)`` of a repository with commits that stand out, another language and a binary file."""
    made = Repository(tmp_path / "<i>work")
    made.commit({"src/<b>/a.py": plain_functions("one", "two")}, date="2020-01-01")
    made.commit({"lib/b.py": plain_functions("three", "four", "five")}, date="2020-03-03", message=DECLARED)
    (made.folder / "bad.py").write_bytes(b"\xff\xfe\x00")
    made.commit({"c.js": "function a(b) { return b + 1; }\n"}, date="2020-05-03")
    made.commit({"lib/b.py": plain_functions("three", "four", "five", "six")}, date="2020-06-03")
    model = with_commit_rules(tmp_path / "model", tiny_model_dir)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))

    def run(history_format: str) -> str:
        given = [
            "history",
            str(made.folder),
            "--jobs",
            "1",
            "--model",
            str(model),
            "--format",
            history_format,
        ]
        assert main(given) == 0
        return capsys.readouterr().out

    return run


@pytest.fixture
def report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[[str, str], tuple[int, str, str]]:
    """``report(json, format)``: the exit code, stdout and stderr."""

    def run(saved: str, report_format: str) -> tuple[int, str, str]:
        path = tmp_path / "saved.json"
        path.write_text(saved)
        code = main(["report", str(path), "--format", report_format])
        done = capsys.readouterr()
        return code, done.out, done.err

    return run


Report = Callable[[str, str], tuple[int, str, str]]


def without_code(page: str) -> str:
    return re.sub(r"<pre>.*?</pre>(<p>[\d,]+ more lines.</p>)?\n", "", page, flags=re.DOTALL)


def test_saved_history_loses_only_the_code(history: Written, report: Report) -> None:
    saved = history("json")
    for same in ("json", "text", "markdown", "badge"):
        assert report(saved, same) == (0, history(same), "")
    page = history("html")
    assert '<details class="function">' in page
    assert "<pre>" in page
    assert report(saved, "html") == (0, without_code(page), "")


def test_json_contains_the_functions_that_stand_out(history: Written) -> None:
    saved = json.loads(history("json"))
    jsonschema.Draft202012Validator(load_schema()).validate(saved)
    by_commit = {each["commit"]: each for each in saved["commits"]}
    assert saved["standing_out"]
    for details in saved["standing_out"]:
        commit = by_commit[details["commit"]]
        assert commit["band"] in {"llm", "unsure"}
        assert len(details["functions"]) + details["more"] == commit["functions"]
        assert sum(each["written"] for each in details["functions"]) == commit["written"]
        assert {each["path"] for each in details["functions"]} <= {"src/<b>/a.py", "lib/b.py"}
        assert all(each["last"] - each["first"] == 5 for each in details["functions"])
    for commit in saved["commits"]:
        assert sum(part["functions"] for part in commit["parts"]) == commit["functions"]
    assert [part["folder"] for part in saved["commits"][-1]["parts"]] == ["src/<b>"]


def test_markdown_escapes_names(history: Written) -> None:
    shown = history("markdown")
    assert shown.startswith("## CodeOrigin history of &#60;i&#62;work\n")
    assert "| 2020&#45;01 | 1 | 2 | 12 |" in shown
    assert re.search(r"\| <code>[0-9a-f]{10}</code> \| 2020-03-03 \| .* <code>lib&#47;b&#46;py", shown)
    assert "<i>" not in shown
    assert "<b>" not in shown


def test_badge_shows_the_share_of_lines(history: Written, report: Report) -> None:
    saved = json.loads(history("json"))
    for commit in saved["commits"]:
        for part in commit["parts"]:
            lines = part["human"] + part["unsure"] + part["llm"]
            part |= {"human": lines - 2, "unsure": 0, "llm": 2}
    total = saved["summary"]["lines"]
    share = round(100 * 2 * sum(len(each["parts"]) for each in saved["commits"]) / total)
    assert f"<title>likely LLM-written: {share} % of lines</title>" in report(json.dumps(saved), "badge")[1]
    for commit in saved["commits"]:
        commit["parts"] = []
    assert "no verdict" in report(json.dumps(saved), "badge")[1]


@pytest.mark.parametrize("report_format", ["sarif", "github", "gitlab"])
def test_unsupported_formats_say_what_to_use_instead(
    history: Written, report: Report, report_format: str, tmp_path: Path
) -> None:
    said = (
        f"codeorigin: {tmp_path / 'saved.json'}: is a history, whose functions stand in many versions of a file: "
        f"--format {report_format} is for one; 'codeorigin check --commit REV' writes it for a commit\n"
    )
    assert report(history("json"), report_format) == (2, "", said)


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("commits", 0, "commit"), SCRIPT), (("commits", 0, "lines"), -1), (("commits", 0, "date"), "today"),
        (("commits", 0, "band"), "other"), (("commits", 0, "parts"), None), (("summary", "merges"), 10**40),
        (("standing_out", 0, "commit"), "0" * 40), (("standing_out", 0, "functions", 0, "first"), "x"),
        (("commits", 0, "parts", 0, "llm"), float("inf")), (("commits", 0, "probability"), float("nan")),
        (("summary", "unreadable"), -1),
    ],
)  # fmt: skip
def test_damaged_histories_cost_one_line(
    history: Written, report: Report, place: tuple[Any, ...], value: Any, tmp_path: Path
) -> None:
    saved = json.loads(history("json"))
    inner = saved
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = value
    for report_format in ("html", "json"):
        code, out, said = report(json.dumps(saved), report_format)
        assert (code, out) == (2, "")
        assert said.startswith(f"codeorigin: {tmp_path / 'saved.json'}: is nothing that 'codeorigin check'")
        assert said.count("\n") == 1


def test_untrusted_strings_are_escaped(history: Written, report: Report) -> None:
    saved = json.loads(history("json"))
    saved |= {"repository": SCRIPT, "version": SCRIPT, "model": SCRIPT}
    for commit in saved["commits"]:
        commit["declared"] = [SCRIPT]
        for part in commit["parts"]:
            part |= {"folder": SCRIPT, "language": SCRIPT}
    for details in saved["standing_out"]:
        for function in details["functions"]:
            function |= {"name": SCRIPT, "path": SCRIPT}
    for report_format in ("html", "markdown", "text"):
        code, shown, _ = report(json.dumps(saved), report_format)
        assert code == 0
        assert "\x1b" not in shown
        assert report_format == "text" or "<script" not in shown
