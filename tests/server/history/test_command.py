"""The command ``history``, from options to every format, and the charts of its page."""

import json
import re
from collections.abc import Iterable
from pathlib import Path

import jsonschema
import pytest

from codeorigin.history import open_history
from codeorigin.history.formats import html
from codeorigin.history.formats.html import bars, most_lines_first, over_time, periods, share_table
from codeorigin.history.judge_commits import JudgeCommits
from codeorigin.history.results import CommitResult, Share, Totals
from codeorigin.history.state import HistoryState
from codeorigin.model.verdict import Band
from support.command import load_schema
from support.histories import History
from support.pages import Page
from support.repositories import DECLARED, Repository, plain_functions


def code(*names: str) -> str:
    """Functions that contain an email address and markup."""
    return "\n\n".join(
        plain_functions(name)
        .replace("append(value)", f'append("<b>{name}</b>")')
        .replace("return kept", "return kept  # write to someone@example.com")
        for name in names
    )


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    made = Repository(tmp_path / "<i>work")
    made.commit({"src/<b>/a.py": code("one", "two")}, date="2020-01-01")
    made.commit(
        {"lib/b.py": code("three", "four", "five")},
        date="2020-03-03",
        message=DECLARED,
    )
    return made


def test_json_follows_its_schema(history: History, repository: Repository) -> None:
    code, out, said = history("--format", "json")
    assert (code, said) == (0, [])
    made = json.loads(out)
    jsonschema.Draft202012Validator(load_schema("history/formats/history")).validate(made)
    assert [each["commit"] for each in made["commits"]] == repository.git("rev-list", "HEAD").split()
    newest, oldest = made["commits"]
    assert (newest["functions"], newest["written"], newest["lines"]) == (3, 3, 18)
    assert newest["date"] == "2020-03-03T12:00:00Z"
    assert (newest["declared"], oldest["declared"]) == (["claude"], [])
    assert sum(newest["band_lines"].values()) == 18
    assert [each["name"] for each in made["months"]] == ["2020-01", "2020-03"]
    assert [(each["name"], each["lines"]) for each in made["folders"]] == [("lib", 18), ("src/<b>", 12)]
    assert made["summary"]["declared"] == {"claude": 1}
    assert made["summary"]["lines"] == 30


def test_json_contains_the_functions_that_stand_out(history: History) -> None:
    made = json.loads(history("--format", "json")[1])
    by_commit = {each["commit"]: each for each in made["commits"]}
    assert made["standing_out"]
    for details in made["standing_out"]:
        commit = by_commit[details["commit"]]
        assert commit["band"] == "llm"
        assert len(details["functions"]) + details["more"] == commit["functions"]
        assert sum(each["written"] for each in details["functions"]) == commit["written"]
        assert {each["path"] for each in details["functions"]} <= {"src/<b>/a.py", "lib/b.py"}
        assert all(each["last"] - each["first"] == 5 for each in details["functions"])
    for commit in made["commits"]:
        assert sum(part["functions"] for part in commit["parts"]) == commit["functions"]


def test_reports_name_nobody(history: History) -> None:
    for form in ("json", "text", "html"):
        _, out, _ = history("--format", form)
        assert "Ann" not in out
        assert re.search(r"\w@\w", out) is None


def test_text_has_a_row_for_each_month_and_the_agents(history: History) -> None:
    heading, *rows = history()[1].splitlines()
    assert [row.split()[0] for row in rows[:2]] == ["2020-01", "2020-03"]
    assert len({len(line) for line in (heading, *rows[:2])}) == 1
    assert "2 commits" in rows[3]
    assert "claude in 1" in history()[1]
    assert "claude" not in history("--no-declared")[1]


def test_options_limit_the_history(history: History, repository: Repository) -> None:
    def commits(*options: str, path: str | None = None) -> int:
        return len(json.loads(history("--format", "json", *options, path=path)[1])["commits"])

    assert commits("--since", "2020-02") == 1
    assert commits("--until", "2020-01-01") == 1
    assert commits("--until", "2019") == 0
    assert commits("--revision", "HEAD~1") == 1
    assert commits(path=str(repository.folder / "lib")) == 1

    def functions(*options: str) -> int:
        return int(json.loads(history("--format", "json", *options)[1])["summary"]["functions"])

    assert functions("--exclude", "lib/") == 2
    assert functions("--language", "go") == 0
    repository.write("codeorigin.toml", 'exclude = ["src/"]\n')
    assert functions() == 3
    assert functions("--no-config") == 5


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            ["--since", "yesterday"],
            "--since yesterday: is not a date; write it as 2024-05-17, 2024-05 or 2024",
        ),
        (["--revision", "nowhere"], "nowhere: no such commit, branch or tag here"),
        (["--revision", "-x"], "-x: a revision does not begin with a dash"),
        (["--format", "html=."], ".: cannot write the report here: a folder"),
    ],
)
def test_invalid_options_cost_one_line(history: History, options: list[str], message: str) -> None:
    assert history(*options) == (2, "", [f"codeorigin: {message}"])


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """The commits that this process judges."""
    met: list[object] = []
    result = JudgeCommits._result

    def noted(self: JudgeCommits, commit: object, *rest: object) -> object:
        met.append(commit)
        return result(self, commit, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(JudgeCommits, "_result", noted)
    return met


def test_ctrl_c_says_how_to_resume(
    history: History, judged: list[object], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    whole = history("--format", "json", "--state", str(tmp_path / "other"))[1]
    judged.clear()
    with monkeypatch.context() as patch:
        patch.setattr(open_history, "_COMMITS_AT_ONCE", 1)
        keep = HistoryState.keep

        def interrupted(self: HistoryState, results: Iterable[CommitResult]) -> None:
            keep(self, results)
            if len(judged) == 2:
                raise KeyboardInterrupt

        patch.setattr(HistoryState, "keep", interrupted)
        code, _, said = history("--format", "json")
    assert code == 130
    assert said == [
        "codeorigin: stopped after 1 of 2 commits; what was judged is kept, and the same command goes on from there"
    ]
    judged.clear()
    assert history("--format", "json")[1] == whole
    assert judged == []


def test_several_formats_are_written_in_one_pass(
    history: History, judged: list[object], tmp_path: Path
) -> None:
    forms = ("html", "json", "text")
    alone = {form: history("--format", form)[1] for form in forms}
    (tmp_path / "state").rename(tmp_path / "old")
    judged.clear()
    files = {form: tmp_path / form for form in forms if form != "text"}
    given = [f"--format={form}={path}" for form, path in files.items()]
    code, out, said = history(*given, "--format", "text")
    assert said == []
    assert (code, out, said) == (0, alone["text"], [])
    assert {form: path.read_text("utf-8") for form, path in files.items()} | {"text": out} == alone
    assert len(judged) == 2


def test_page_is_self_contained(history: History, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    assert history("--format", f"html={path}")[0] == 0
    text = path.read_text(encoding="utf-8")
    page = Page(text)
    assert "default-src 'none'" in text
    assert not {"script", "img", "link", "iframe", "object"} & page.tags
    assert page.links == []
    assert "url(" not in text
    assert "http" not in text.replace("http-equiv", "")
    assert text.count('role="img"') == 1
    assert "prefers-color-scheme: dark" in text
    # Names and code are escaped.
    assert "&lt;i&gt;work" in text
    assert "<i>work" not in text
    assert "src/&lt;b&gt;" in text
    assert "src/<b>" not in text
    assert "Nothing here is by author" in text
    assert "no names or addresses are kept" in text


def test_page_names_the_functions_of_commits_that_stand_out(history: History) -> None:
    text = history("--format", "html")[1]
    # With the tiny model some commits are in other bands and do not stand out.
    made = json.loads(history("--format", "json")[1])["commits"]
    shown = [each["commit"][:10] for each in made if each["band"] == "llm"]
    assert shown
    assert f"Commits that are likely LLM: {len(shown)} of {len(made)}" in text
    assert sorted(re.findall(r"likely LLM</b> commit <code>([0-9a-f]{10})", text)) == sorted(shown)
    written = sum(each["functions"] for each in made if each["band"] == "llm")
    assert text.count("written by this commit</span></li>") == written


def share(lines: int) -> Share:
    return Share(1, 1, {Band.HUMAN: lines, Band.UNSURE: 0, Band.LLM: 0})


def test_periods_have_no_gaps_and_are_never_too_many() -> None:
    months = {"2019-11": share(1), "2020-02": share(2)}
    assert [(name, each.lines) for name, each in periods(months)] == [
        ("2019-11", 1), ("2019-12", 0), ("2020-01", 0), ("2020-02", 2),
    ]  # fmt: skip
    long = periods({"2005-02": share(1), "2005-03": share(2), "2019-12": share(4)})
    assert [long[0][0], long[-1][0], len(long)] == ["2005 Q1", "2019 Q4", 60]
    assert long[0][1].lines == 3
    assert [name for name, _ in periods({"1990-05": share(1), "2020-01": share(1)})][:2] == ["1990", "1991"]
    assert periods({}) == []
    assert len(periods({"0001-01": share(1), "9999-12": share(1)})) < 100


def test_bars_are_ordered_counted_and_escaped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html, "_MOST_BARS", 2)
    shares = {"a\n\x1b[2J\u202e<b>": share(2), "": share(5), "empty": share(0), "small": share(1)}
    made = bars(most_lines_first(shares))
    assert re.findall(r"<span>(.*?)</span><div", made) == ["(top)", r"a\x0a\x1b[2J\u202e&lt;b&gt;"]
    assert made.endswith("<p>And 1 with fewer lines.</p>")


def test_table_has_every_share_under_its_own_verdict() -> None:
    made = share_table("folder", {"src": Share(1, 3, {Band.HUMAN: 6, Band.UNSURE: 3, Band.LLM: 1})})
    names, cells = (re.findall(r"<t[hd][^>]*>([^<]*)</t[hd]>", part) for part in made.split("<tbody>"))
    assert dict(zip(names[-3:], cells[-3:], strict=True)) == {
        "likely LLM": "10 %",
        "unsure": "30 %",
        "human": "60 %",
    }


def test_label_of_the_last_period_is_not_cut_off() -> None:
    totals = Totals(share(2))
    totals.months.update({"2019-01": share(1), "2025-10": share(1)})
    labels = re.findall(r'<span class="when([^"]*)">(\d{4}-\d\d)</span>', "".join(over_time(totals)))
    assert [name for _, name in labels][:2] == ["2019-01", "2019-10"]
    # Every second one is hidden where the window is narrow.
    assert [kind for kind, _ in labels] == ["", " minor"] * 4 + ["", " minor late"]
