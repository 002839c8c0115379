"""The command line itself: its version, its help, completion in a shell, and what it says about bad input."""

import json
import tomllib
from pathlib import Path

import jsonschema
import pytest
import typer.main

import codeorigin
from codeorigin.cli.app import app
from codeorigin.settings.schema import FIELDS, public_name
from codeorigin.settings.write_schemas import toml_schema
from support.command import EXAMPLES, PLAIN, ROOT, TERSE, complaints, run
from support.documents import blocks


@pytest.mark.parametrize("option", ["--version", "-V"])
def test_version(option: str) -> None:
    done = run(option)
    assert (done.returncode, done.stdout.decode()) == (0, f"codeorigin {codeorigin.__version__}\n")


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["chekc"], "No such command 'chekc'"),
        (["explain"], "Missing argument 'FILE:LINE'"),
        (["check", TERSE, "--threshold", "1.5"], "--threshold"),
        (["check", TERSE, "--threshold", "high"], "--threshold"),
        (["check", TERSE, "--jobs", "0"], "--jobs"),
        (["check", TERSE, "--colour"], "--colour"),
        (["serve", "--log-level", "loud"], "--log-level"),
        (["check", TERSE, "--language", "klingon"], "unknown language"),
        (["check", TERSE, "--model", "/nowhere"], "manifest.json"),
        (["check", "-"], "--language"),
        (["check", TERSE, "--format", "text=/nowhere/report.txt"], "cannot write"),
        (["check", TERSE, "--format", f"text={EXAMPLES}"], "cannot write"),
        (["check", TERSE, "--settings", "{"], "--settings: is not valid JSON"),
        (["check", TERSE, "--settings", "[]"], "--settings: write a table"),
        (["check", TERSE, "--baseline", TERSE], "does not hold accepted findings; repair or delete it"),
        (["check", TERSE, "--baseline", TERSE, "--update-baseline"], "does not hold accepted findings"),
        (["check", TERSE, "--baseline", "/no/a.json", "--update-baseline"], "a.json cannot be written"),
        (["check", TERSE, "--no-baseline", "--update-baseline"], "give it without"),
        (["check", "--changed", "--staged"], "name one of them"),
        (["explain", TERSE], "FILE:LINE"),
        (["explain", f"{TERSE}:1"], "no function here"),
        (["explain", f"{TERSE}:99999"], "no function here"),
        (["explain", "gone.py:1"], "no such file"),
        (["explain", f"{EXAMPLES}:1"], "folder"),
        (["explain", f"{TERSE}:12", "--model", "/nowhere"], "manifest.json"),
        (["doctor", "--model", "/nowhere"], "manifest.json"),
        (["serve", "--log-file", "/nowhere/log"], "log"),
    ],
)
def test_bad_input_costs_one_line(arguments: list[str | Path], part: str) -> None:
    done = run(*arguments)
    (line,) = complaints(done)
    assert part in line
    assert done.returncode == 2


COMMANDS = list(typer.main.get_command(app).commands)  # type: ignore[attr-defined]


def shown(*arguments: str) -> str:
    done = run(*arguments)
    assert done.returncode == 0
    return done.stdout.decode()


@pytest.mark.parametrize("command", [[], *([name] for name in COMMANDS)])
def test_help_fits_in_80_columns(command: list[str]) -> None:
    text = shown(*command, "--help")
    assert max(map(len, text.splitlines())) <= 80
    if not command:
        assert text == shown()
        assert all(f"  {name} " in text for name in COMMANDS)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["ex"], {"explain"}),
        (["check", "--st"], {"--staged", "--stdin-filename"}),
        (["check", "--show", "a"], {"all"}),
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
