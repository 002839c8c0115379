"""What commits declare about themselves: only agents, and nothing about people."""

import subprocess

import pytest

from codeorigin.records.commit_messages import declarations, message_records, model_name

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


def named(message: str, author: str = "Ann <ann@example.org>") -> list[tuple[str, str]]:
    """The agents that a commit names, and where."""
    content = f"tree 0\nauthor {author} 0 +0000\ncommitter Ann <ann@example.org> 0 +0000\n\n{message}\n"
    return [(record.agent, record.source.value) for record in message_records(content.encode())]


@pytest.mark.parametrize("line", LINES)
def test_agents_are_recognized_by_what_they_call_themselves(line: str) -> None:
    assert named(f"Work\n\n{line}") == [(agent, "trailer") for agent in LINES[line]]


@pytest.mark.parametrize(
    ("message", "author", "expected"),
    [
        ("Work", "copilot-swe-agent[bot] <1+Copilot@users.noreply.github.com>", [("copilot", "author")]),
        ("Work", "Claude Monet <monet@example.org>", []),
        ("Talk of claude code and cursoragent@cursor.com", "Ann <ann@example.org>", []),
        ("Co-authored-by: Claude <noreply@anthropic.com>", "Ann <ann@example.org>", []),
        ("Generated with Claude Code", "Ann <ann@example.org>", []),
    ],
)
def test_authors_declare_agents_and_subjects_nothing(
    message: str, author: str, expected: list[tuple[str, str]]
) -> None:
    assert named(message, author) == expected


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
