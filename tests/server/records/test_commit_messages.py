"""What commits declare about themselves: only agents, and nothing about people."""

import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest

from codeorigin.git.repository import Repository as Opened
from codeorigin.records.commit_messages import declarations, message_records, model_name
from codeorigin.records.reader import RecordReader
from support.command import report_of, run
from support.repositories import Repository

CODE = "def f(values):\n    total = 0\n    for value in values:\n        total += value\n    return total\n"
CLAUDE = "Work\n\nCo-authored-by: Claude <noreply@anthropic.com>"


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    made = Repository(tmp_path / "work")
    made.commit({"a.py": "x = 1\n"}, date="2020-01-01", message="Work\n\nCo-authored-by: Bo <bo@example.org>")
    monkeypatch.chdir(made.folder)
    return made


@pytest.mark.parametrize(
    ("message", "author", "expected"),
    [
        (CLAUDE, "Ann <ann@example.org>", ("claude", "trailer")),
        (
            "Work\n\nAssisted-by: Cursor <cursoragent@cursor.com>",
            "Ann <ann@example.org>",
            ("cursor", "trailer"),
        ),
        ("Work\n\nGenerated with [Claude Code](x)", "Ann <ann@example.org>", ("claude", "trailer")),
        ("Work", "copilot-swe-agent[bot] <1+Copilot@users.noreply.github.com>", ("copilot", "author")),
        ("Talk of claude code and cursoragent@cursor.com", "Ann <ann@example.org>", None),
        ("Work", "Claude Monet <monet@example.org>", None),
    ],
)
def test_only_trailers_and_authors_declare_agents(
    repository: Repository, message: str, author: str, expected: tuple[str, str] | None
) -> None:
    repository.commit({"a.py": CODE}, date="2020-01-02", message=message, author=author)
    head = repository.git("rev-parse", "HEAD")
    with RecordReader(Opened.of(repository.folder), head) as records:
        found = [(each.agent, each.source) for each in records.of_commit(head).by_agents()]
        assert records.of_commit("0" * 40).by_agents() == []
    assert found == ([] if expected is None else [expected])


LINES: dict[str, list[str]] = {
    "Assisted-by: Claude Code": ["claude"],
    "Assisted-by: Claude:claude-opus-4": ["claude"],
    "Assisted-by: Claude:claude-3-opus coccinelle sparse": ["claude"],
    "Assisted-by: Claude (Anthropic)": ["claude"],
    "Assisted-by: Claude Opus 4.6": ["claude"],
    "AI-Assisted-By: Claude": ["claude"],
    "Assisted-by: GitHub Copilot": ["copilot"],
    "Assisted-by: GitHub Copilot:claude-sonnet-4.6": ["copilot"],
    "Assisted-by: Codex:gpt-5-4": ["codex"],
    "Assisted-by: ChatGPT": ["chatgpt"],
    "Assisted-by: GLM-5 via Crush <crush@charm.land>": ["crush"],
    "\N{ROBOT FACE} Generated with [Claude Code](https://claude.com/claude-code)": ["claude"],
    "Generated with [Codex](https://openai.com/codex/).": ["codex"],
    "Generated with Cursor": ["cursor"],
    "Made-with: Cursor": ["cursor"],
    "Generated with Gemini CLI": ["gemini"],
    "Generated with [opencode](https://opencode.ai)": ["opencode"],
    "Generated with Amazon Q Developer": ["amazon-q"],
    "Generated-by: Jules": ["jules"],
    "Co-authored-by: opencode <noreply@opencode.ai>": ["opencode"],
    "Co-authored-by: OpenCode (glm-5) <noreply@opencode.ai>": ["opencode"],
    "Co-authored-by: Amazon Q <noreply@aws.amazon.com>": ["amazon-q"],
    "Co-authored-by: Kiro Agent <244629292+kiro-agent@users.noreply.github.com>": ["kiro"],
    "Co-authored-by: Junie <junie@jetbrains.com>": ["junie"],
    "Co-authored-by: Windsurf <noreply@codeium.com>": ["windsurf"],
    "Co-authored-by: Cline <noreply@cline.bot>": ["cline"],
    "Co-authored-by: Qwen-Coder <qwen-coder@alibabacloud.com>": ["qwen-code"],
    "Co-authored-by: GitHub Copilot <noreply@github.com>": ["copilot"],
    # Accounts of agents on GitHub, which keep their number when they are renamed.
    "Co-authored-by: anthropic-code-agent[bot] <242468646+Claude@users.noreply.github.com>": ["claude"],
    "Co-authored-by: claude[bot] <209825114+claude[bot]@users.noreply.github.com>": ["claude"],
    "Co-authored-by: cursor[bot] <206951365+cursor[bot]@users.noreply.github.com>": ["cursor"],
    "Co-authored-by: openai-codex[bot] <215057067+openai-codex[bot]@users.noreply.github.com>": ["codex"],
    "Co-authored-by: cline[bot] <205137888+cline[bot]@users.noreply.github.com>": ["cline"],
    "Co-authored-by: assistant <noreply@aider.chat>": ["aider"],
    "Co-authored-by: OpenAI GPT-5.5 <noreply@openai.com>": ["chatgpt"],
    "Co-authored-by: GPT-5 Pro <gpt@openai.com>": ["chatgpt"],
    "Co-authored-by: openai-code-agent[bot] <1+openai-code-agent[bot]@users.noreply.github.com>": ["codex"],
    "Co-authored-by: chatgpt-codex-connector <2+connector@users.noreply.github.com>": ["codex"],
    "Co-authored-by: Claude <claude@anthropic.com>": ["claude"],
    "Co-authored-by: Claude\n <noreply@anthropic.com>": ["claude"],
    "Co-developed-by:\n\tClaude Opus 4.6\n\t<noreply@anthropic.com>": ["claude"],
    "AI-Agent: Codex": ["codex"],
    "Coding-Agent: Claude": ["claude"],
    "Generated-with: Cursor": ["cursor"],
    "Assisted-by: Kimi K2": ["kimi"],
    "Assisted-by: Qwen3-Coder": ["qwen-code"],
    "Assisted-by: GLM-4.6": ["glm"],
    "Assisted-by: DeepSeek-V3.1": ["deepseek"],
    "Assisted-by: Grok 4": ["grok"],
    "Signed-off-by: Ann <ann@example.org>\nCo-authored-by: Claude <noreply@anthropic.com>": ["claude"],
    "Generated with [Claude Code](x)\n\nCo-authored-by: Claude <noreply@anthropic.com>": ["claude"],
    # Git takes a paragraph with a line of its own and a quarter of trailers for a block of trailers.
    "Signed-off-by: Ann <ann@example.org>\n[ann: typo]\nCo-authored-by: Claude <noreply@anthropic.com>": [
        "claude"
    ],
    # Who reviewed or tested it, talk of trailers, and quotations.
    "Reviewed-by: Claude <noreply@anthropic.com>": [],
    "Tested-by: GitHub Copilot <copilot@github.com>": [],
    "Suggested-by: Claude <noreply@anthropic.com>": [],
    "Acked-by: cursor[bot] <206951365+cursor[bot]@users.noreply.github.com>": [],
    "Reported-by: Codex <codex@openai.com>": [],
    "Lines such as\nCo-authored-by: Claude <noreply@anthropic.com>\nare taken out by the hook.": [],
    "We add Co-authored-by: Claude <noreply@anthropic.com> to commits of agents.": [],
    "Co-authored-by: Claude <noreply@anthropic.com>\n\nThe line above is what the hook looks for.": [],
    "> Co-authored-by: Claude <noreply@anthropic.com>": [],
    "    Co-authored-by: Claude <noreply@anthropic.com>": [],
    "not generated with Claude Code": [],
    '"Generated with Claude Code" is no longer added.': [],
    "This was generated with Claude Code": [],
    # People and unrelated lines.
    "Assisted-by: Claude": [],
    "Assisted-by: Claude Monet": [],
    "Assisted-by: Claude Monet <monet@example.org>": [],
    "Assisted-by: Jules: many thanks": [],
    "Co-authored-by: Devin Cline <devin@example.org>": [],
    "Co-authored-by: Claude <1+claude@users.noreply.github.com>": [],
    "Co-authored-by: Kiro <kiro@example.org>": [],
    "Generated-by: Junie <junie@example.org>": [],
    "Assisted-by: Ann Cursor": [],
    "Generated with cursor pagination switched on": [],
    "Generated with gemini-like colours": [],
    "The tables were generated with codex.": [],
    "Reviewed-by: GitHub Copilot": [],
    "Made with love": [],
    "Made with warp speed": [],
}


def test_agents_are_recognized_by_what_they_call_themselves(repository: Repository) -> None:
    tree = repository.git("rev-parse", "HEAD^{tree}")
    said = {
        repository.git("commit-tree", tree, "-m", f"Work {n}\n\n{line}"): line for n, line in enumerate(LINES)
    }
    with RecordReader(Opened.of(repository.folder), next(iter(said))) as records:
        found = {
            line: [each.agent for each in records.of_commit(name).by_agents()] for name, line in said.items()
        }
    assert found == LINES


@pytest.mark.parametrize(
    "subject", ["Co-authored-by: Claude <noreply@anthropic.com>", "Generated with Claude Code"]
)
def test_a_subject_declares_nothing(subject: str) -> None:
    assert message_records(f"tree 0\nauthor Ann <ann@example.org> 0 +0000\n\n{subject}\n".encode()) == ()


@pytest.mark.parametrize("block", LINES)
def test_a_trailer_counts_only_where_git_finds_one(block: str) -> None:
    message = f"Work\n\n{block}\n"
    found = subprocess.run(
        ["git", "interpret-trailers", "--parse", "--no-divider"],
        input=message,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    ours = {line.value.split(" <")[0] for line in declarations(message)}
    footers = {value for value in ours if f"with {value}" in block or f"with [{value}" in block}
    assert all(f": {value}" in found or f": [{value}" in found for value in ours - footers)


def test_only_the_ends_of_a_message_are_read() -> None:
    """Ten thousand trailers cost more than a second a commit, and a past reads thousands of commits."""
    trailer = "Co-authored-by: Claude <noreply@anthropic.com>"
    crowd = "Co-authored-by: Bo <bo@example.org>\n" * 10_000
    assert len(declarations(f"Work\n\n{crowd}")) == 200 - 2
    assert declarations(f"Work\n\n{crowd}{trailer}")[-1].value.startswith("Claude")
    assert not any(
        line.value.startswith("Claude") for line in declarations(f"Work\n\n{crowd}{trailer}\n{crowd}")
    )


def test_names_of_models_are_short() -> None:
    assert (
        model_name(f"Claude Opus {'4' * 900}") is None
        or len(model_name(f"Claude Opus {'4' * 900}") or "") <= 60
    )


def reports(formats: Iterable[str], *options: str) -> list[str]:
    """What one check writes in each format."""
    run("check", *options, *(f"--format={each}=../{each}" for each in formats))
    return [Path("..", each).read_text("utf-8") for each in formats]


def test_report_shows_declared_agents_next_to_the_estimate(repository: Repository) -> None:
    repository.git("checkout", "-q", "-b", "work")
    repository.commit({"a.py": CODE}, date="2020-01-02", message=CLAUDE)
    signed = repository.git("rev-parse", "HEAD")
    repository.commit({"b.py": CODE}, date="2020-01-03")
    declared = [{"commit": signed, "agent": "claude", "how": "trailer", "model": None}]
    by_commit = report_of(run("check", "-f", "json", "--commit", "HEAD~1"))
    by_range = report_of(run("check", "-f", "json", "--changed", "main"))
    assert by_commit["change"]["declared"] == by_range["change"]["declared"] == declared
    assert report_of(run("check", "-f", "json", "--commit", "HEAD"))["change"]["declared"] == []
    plain = report_of(run("check", "-f", "json", "--commit", "HEAD~1", "--no-declared"))
    assert plain["change"]["declared"] is None
    assert plain["declared"] is None
    sentence = (
        f"Declared: commit {signed[:10]} names claude in a trailer. "
        "This is a fact about the commit, not part of the estimate."
    )
    formats = ("text", "github", "html")
    assert all(sentence in shown for shown in reports(formats, "--changed", "main"))
    assert not any("Declared:" in shown for shown in reports(formats, "--changed", "main", "--no-declared"))


def test_people_are_not_named(repository: Repository) -> None:
    message = f"{CLAUDE}\nCo-authored-by: Bo <bo@example.org>"
    repository.commit({"a.py": CODE}, date="2020-01-02", message=message)
    formats = ("json", "text", "html", "sarif", "github", "markdown", "gitlab")
    for shown in reports(formats, "--commit", "HEAD", "--threshold", "0"):
        assert shown
        assert not any(name in shown for name in ("Ann", "ann@", "Bo <", "bo@", "example.org"))
