"""The help of commands, the topics, and completion in a shell."""

import json
import re
import tomllib

import jsonschema
import pytest
import typer.main

from codeorigin.check.formats import ReportFormat
from codeorigin.cli.app import app
from codeorigin.cli.topics import TOPICS
from codeorigin.model.verdict import Band
from codeorigin.settings.generated import toml_schema
from codeorigin.settings.schema import FIELDS, public_name
from codeorigin.shell.exit_codes import ExitCode
from support.command import PLAIN, ROOT, complaints, run
from support.documents import blocks

COMMANDS = list(typer.main.get_command(app).commands)  # type: ignore[attr-defined]


def shown(*arguments: str) -> str:
    done = run(*arguments)
    assert done.returncode == 0
    return done.stdout.decode()


@pytest.mark.parametrize("topic", [*TOPICS, *COMMANDS])
def test_every_topic_and_the_help_of_every_command_fits_in_80_columns(topic: str) -> None:
    text = shown("help", topic)
    assert text.strip()
    assert max(map(len, text.splitlines())) <= 80
    if topic in COMMANDS:
        assert text == shown(topic, "--help")


def test_help_without_a_topic_names_commands_and_topics() -> None:
    text = shown("help")
    assert text == shown() == shown("--help")
    assert max(map(len, text.splitlines())) <= 80
    assert all(f"  {command} " in text for command in COMMANDS)
    assert all(topic in text.split("help TOPIC explains")[1] for topic in TOPICS)


def test_options_of_a_check_are_grouped() -> None:
    text = shown("check", "--help")
    groups = {
        title: re.findall(r"^  (?:-\w, )?(--[a-z-]+)", body, re.MULTILINE)
        for title, body in re.findall(r"^(\w+):\n((?:  .*\n)+)", text, re.MULTILINE)
    }
    assert list(groups) == ["Arguments", "Input", "Change", "Report", "Verdict", "Other"]
    assert groups["Change"] == ["--changed", "--staged", "--commit"]
    assert {"--language", "--exclude", "--no-config"} <= set(groups["Input"])
    assert {"--declared", "--show", "--sort", "--statistics", "--format", "--output"} <= set(groups["Report"])
    assert {"--threshold", "--baseline", "--exit-zero", "--file-context"} <= set(groups["Verdict"])
    assert "--help" in groups["Other"]


def test_topics_are_complete() -> None:
    assert all(f"  {band.value} " in shown("help", "verdicts") for band in Band)
    assert all(f"  {form.value} " in shown("help", "formats") for form in ReportFormat)
    assert all(f"  {code.value} " in shown("help", "exit-codes") for code in ExitCode)
    project = [name for name, found in FIELDS.items() if found.metadata["project"]]
    assert re.findall(r"^  (\w+)$", shown("help", "settings"), re.MULTILINE) == project


def test_unknown_topic_costs_one_line() -> None:
    done = run("help", "verdict")
    assert (done.returncode, complaints(done)) == (
        2,
        ["codeorigin: help verdict: no such topic; did you mean verdicts?"],
    )
    (said,) = complaints(run("help", "\x1b[1mxyz"))
    assert said.startswith("codeorigin: help \\x1b[1mxyz: no such topic; there are verdicts, ")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["he"], {"help"}),
        (["check", "--st"], {"--staged", "--statistics", "--stdin-filename"}),
        (["check", "--sort", "s"], {"score"}),
        (["history", "--by", ""], {"month", "commit", "path"}),
    ],
)
def test_shell_completes_commands_options_and_values(words: list[str], expected: set[str]) -> None:
    asked = {
        "_CODEORIGIN_COMPLETE": "complete_bash",
        "COMP_WORDS": " ".join(["codeorigin", *words]),
        "COMP_CWORD": str(len(words)),
    }
    assert set(run(environment=PLAIN | asked).stdout.decode().split()) == expected


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_script_is_printed(shell: str) -> None:
    # What --show-completion prints for the shell that it finds itself in.
    environment = {**PLAIN, "_CODEORIGIN_COMPLETE": f"source_{shell}"}
    assert f"_CODEORIGIN_COMPLETE=complete_{shell}" in run(environment=environment).stdout.decode()


def test_project_files_follow_the_schema() -> None:
    validator = jsonschema.Draft7Validator(toml_schema())
    validator.check_schema(toml_schema())
    own = (ROOT / "codeorigin.toml").read_text("utf-8")
    assert (ROOT / own.splitlines()[0].removeprefix("#:schema ")).is_file()
    examples = [*blocks("toml", ROOT / "docs" / "settings.md"), own]
    assert len(examples) >= 2
    for example in examples:
        validator.validate(tomllib.loads(example))
    for name, found in FIELDS.items():
        spellings = {name, found.name, found.name.replace("_", "-")}
        assert {public_name(spelling) for spelling in spellings} == {name}
        value = json.loads(json.dumps(found.default))
        if value is None:
            continue
        for spelling in spellings:
            assert validator.is_valid({spelling: value}) is found.metadata["project"], spelling
    assert not validator.is_valid({"tresholds": 0.5})
    assert not validator.is_valid({"threshold": 2})
    assert not validator.is_valid({"false-positive-rate": "low"})
