"""The settings dataclass: parsing, layers of values, the generated schema and table."""

import json
import math
from pathlib import Path

import jsonschema
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from codeorigin.languages import LANGUAGES
from codeorigin.settings.schema import RunMode, Settings, Severity, merge
from codeorigin.settings.write_schemas import (
    SCHEMA_PATH,
    TOML_SCHEMA_PATH,
    json_schema,
    markdown_table,
    schema_text,
    toml_schema,
)

DOCS = Path(__file__).parents[3] / "docs" / "settings.md"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def test_schema_file_matches_the_dataclass() -> None:
    assert SCHEMA_PATH.read_text(encoding="utf-8") == schema_text(json_schema())
    assert TOML_SCHEMA_PATH.read_text(encoding="utf-8") == schema_text(toml_schema())
    jsonschema.Draft202012Validator.check_schema(json_schema())


def test_documented_table_matches_the_dataclass() -> None:
    assert markdown_table() in DOCS.read_text(encoding="utf-8")


def test_values_of_every_kind_are_parsed() -> None:
    settings, problems = merge(
        Settings(),
        {
            "run": "onSave",
            "severity": "warning",
            "threshold": 1,
            "false-positive-rate": 0.01,
            "show_unsure": True,
            "file-context": False,
            "languages": ["python", "go"],
            "exclude": ["*.min.js"],
            "modelPath": "/models/x",
        },
        "test",
    )
    assert problems == ()
    assert settings.run is RunMode.ON_SAVE
    assert settings.severity is Severity.WARNING
    assert settings.threshold == 1.0
    assert settings.false_positive_rate == 0.01
    assert settings.show_unsure is True
    assert (settings.file_context, Settings().file_context) == (False, True)
    assert settings.languages == ("python", "go")
    assert settings.exclude == ("*.min.js",)
    assert settings.model_path == "/models/x"


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("enable", 1, "test: enable must be true or false; true is used"),
        ("debounce", True, "test: debounce must be a whole number from 0 to 10000; 300 is used"),
        ("debounce", 1.5, "test: debounce must be a whole number from 0 to 10000; 300 is used"),
        ("threshold", float("nan"), "test: threshold must be a number from 0.0 to 1.0; none is used"),
        ("threshold", -0.1, "test: threshold must be a number from 0.0 to 1.0; none is used"),
        ("severity", "loud",
         'test: severity must be one of hint, information, warning, error; "information" is used'),
        ("exclude", "x", "test: exclude must be a list of strings; [] is used"),
        ("exclude", ["!"], "test: exclude must be patterns as in .gitignore, which '!' is not; [] is used"),
        ("exclude", ["*a" * 700, "*b" * 301],
         "test: exclude must be patterns with at most 1,000 stars in all; exclude whole folders instead; [] is used"),
        ("languages", ["cobol"],
         f"test: languages must be a list out of {', '.join(LANGUAGES)}; {json.dumps([*LANGUAGES])} is used"),
        ("modelPath", " ", "test: modelPath must be a string that is not empty; none is used"),
    ],
)  # fmt: skip
def test_bad_value_keeps_the_base_and_is_reported(name: str, value: object, expected: str) -> None:
    assert merge(Settings(), {name: value}, "test") == (Settings(), (expected,))


def test_null_means_not_set() -> None:
    base, _ = merge(Settings(), {"threshold": 0.5, "debounce": 7}, "test")
    assert merge(base, {"threshold": None, "debounce": None}, "test") == (base, ())


def test_empty_list_is_an_empty_table() -> None:
    """Neovim sends an empty Lua table as a list."""
    assert merge(Settings(), [], "initializationOptions") == (Settings(), ())
    assert merge(Settings(), ["debounce"], "initializationOptions")[1] == (
        "initializationOptions: the settings must be a table of names and values; ignored",
    )


def test_unknown_names_are_reported_only_in_project_files() -> None:
    raw = {"debonce": 3, "trace": {"server": "off"}}
    assert merge(Settings(), raw, "editor") == (Settings(), ())
    assert merge(Settings(), raw, "codeorigin.toml", project=True)[1] == (
        "codeorigin.toml: there is no setting 'debonce', did you mean debounce?; ignored",
        "codeorigin.toml: there is no setting 'trace'; ignored",
    )


@pytest.mark.parametrize("name", ["modelPath", "statusNotifications"])
def test_repository_cannot_choose_what_is_loaded(name: str) -> None:
    settings, problems = merge(Settings(), {name: "/evil"}, "codeorigin.toml", project=True)
    assert settings == Settings()
    assert problems == (f"codeorigin.toml: {name} can only be set in the editor; ignored",)


@given(raw=JSON | st.dictionaries(st.sampled_from(list(json_schema()["properties"])), JSON))
def test_no_client_input_raises(raw: object) -> None:
    settings, problems = merge(Settings(), raw, "test")
    assert isinstance(settings, Settings)
    assert all("\n" not in problem for problem in problems)


@given(raw=st.dictionaries(st.sampled_from(list(json_schema()["properties"])), JSON))
@example(raw={"exclude": ["a", "a"]})
def test_what_is_accepted_is_what_the_schema_allows(raw: dict[str, object]) -> None:
    validator = jsonschema.Draft202012Validator(json_schema())
    for name, value in raw.items():
        if value is None or (name == "languages" and value == []):
            continue  # not set
        accepted, allowed = not merge(Settings(), {name: value}, "test")[1], validator.is_valid({name: value})
        if isinstance(value, float) and math.isnan(value):
            continue  # JSON has none
        if isinstance(value, list) and any(value.count(each) > 1 for each in value):
            continue  # the schema marks what is said twice, which does no harm
        # JSON's integers may be written 3.0, and a schema cannot say what a pattern is.
        if accepted and not (isinstance(value, float) and value.is_integer()):
            assert allowed
        if allowed and name != "exclude":
            assert accepted


@pytest.mark.parametrize("name", ["threshold", "false-positive-rate", "debounce", "max-file-size"])
@pytest.mark.parametrize("value", [10**400, -(10**400), math.inf, math.nan])
def test_numbers_of_any_size_are_out_of_range(name: str, value: float) -> None:
    settings, problems = merge(Settings(), {name: value}, "codeorigin.toml", project=True)
    assert settings == Settings()
    assert len(problems) == 1
    assert "from" in problems[0] or "only be set in the editor" in problems[0]


def test_thousands_of_unknown_names_are_one_summary() -> None:
    raw: dict[str, object] = {f"name{number}": 1 for number in range(12_372)} | {"threshold": 0.5}
    settings, problems = merge(Settings(), raw, "codeorigin.toml", project=True)
    assert settings.threshold == 0.5
    assert problems == (
        "codeorigin.toml: 12,372 names are no settings, such as 'name0', 'name1', 'name2'; ignored",
    )
