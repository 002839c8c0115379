"""Notebooks: which cells there are, in which language, and where their lines are in the file."""

import json

import pytest

from codeorigin.core.errors import SourceError
from codeorigin.functions.notebooks import cell_language, read_notebook, without_magics
from codeorigin.functions.outline import find_functions
from codeorigin.languages import get_language
from support.notebooks import notebook

PYTHON = get_language("python")
FUNCTION = 'def shelf(x):\n    y = "é"\n    return x + y'


def test_code_cells_are_numbered_over_all_cells() -> None:
    cells = read_notebook(notebook(("markdown", "# Title"), "import os", ("raw", "x"), FUNCTION), "a.ipynb")
    assert [(cell.number, cell.text) for cell in cells] == [(2, "import os"), (4, FUNCTION)]
    assert {cell.language for cell in cells} == {"python"}


@pytest.mark.parametrize("indent", [1, 4, None])
def test_every_line_of_a_cell_maps_to_its_line_in_the_file(indent: int | None) -> None:
    text = json.dumps(json.loads(notebook("import os\n", FUNCTION)), indent=indent)
    lines = text.split("\n")
    for cell in read_notebook(text, "a.ipynb"):
        code = cell.text.split("\n")
        assert cell.lines is not None
        assert len(cell.lines) == len(code)
        for line, place in zip(code, cell.lines, strict=True):
            assert json.dumps(line)[1:-1] in lines[place - 1]


def test_cell_source_may_be_one_string() -> None:
    data = json.loads(notebook(FUNCTION))
    data["cells"][0]["source"] = FUNCTION
    text = json.dumps(data, indent=1)
    (cell,) = read_notebook(text, "a.ipynb")
    assert cell.text == FUNCTION
    assert {text.split("\n")[line - 1].strip().partition(":")[0] for line in cell.lines or ()} == {'"source"'}


@pytest.mark.parametrize(
    ("kernel", "expected"),
    [("python", "python"), ("C++17", "cpp"), ("C#", "csharp"), ("typescript", "typescript"), ("julia", None)],
)
def test_kernel_determines_the_language(kernel: str, expected: str | None) -> None:
    cells = read_notebook(notebook("x", language=kernel), "a.ipynb")
    assert [cell.language for cell in cells] == ([] if expected is None else [expected])


def test_cell_may_name_its_own_language() -> None:
    data = json.loads(notebook("let x = 1;"))
    data["cells"][0]["metadata"] = {"vscode": {"languageId": "javascript"}}
    (cell,) = read_notebook(json.dumps(data), "a.ipynb")
    assert cell.language == "javascript"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("%%bash\nls", None),
        ("%%javascript\nalert(1)", "javascript"),
        ("%%time\nf()", "python"),
        ("x = 1\n%%bash", "python"),
    ],
)
def test_cell_magic_determines_the_language(text: str, expected: str | None) -> None:
    found = cell_language(text, PYTHON)
    assert (None if found is None else found.id) == expected


def test_magics_are_not_errors_and_all_positions_are_kept() -> None:
    text = (
        "%matplotlib inline\n!pip install é\nfiles = !ls\nshelf?\n?shelf\n\n"
        "def shelf(a, b):\n    !ls\n    c = (a\n        %b)\n    return a != b\n"
    )
    parsed = without_magics(text, PYTHON)
    assert len(parsed.encode()) == len(text.encode())
    assert parsed.splitlines()[:5] == [
        "#matplotlib inline",
        "#pip install é",
        "files # !ls",
        "shelf ",
        "#shelf",
    ]
    (span,) = find_functions(parsed, PYTHON)
    assert text[span.code.start : span.code.end] == text[text.index("def") :].rstrip()
    assert compile("\n".join(parsed.splitlines()), "cell", "exec")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"cells": [\n  {"a" 1}', "a.ipynb: is a broken notebook: no JSON at line 2, column 8"),
        ("", "a.ipynb: is a broken notebook: no JSON at line 1, column 1"),
        ("[" * 100_000, "a.ipynb: is a broken notebook: its JSON cannot be read"),
        ("[]", "a.ipynb: is not a notebook: it has no list of cells"),
        ('{"cells": 3}', "a.ipynb: is not a notebook: it has no list of cells"),
        (
            '{"worksheets": [], "nbformat": 3}',
            "a.ipynb: is a notebook of an old format; open and save it in Jupyter",
        ),
    ],
)
def test_invalid_notebooks_give_a_clear_error(text: str, message: str) -> None:
    with pytest.raises(SourceError) as caught:
        read_notebook(text, "a.ipynb")
    assert str(caught.value) == message


def test_malformed_cells_are_left_out() -> None:
    text = json.dumps({"cells": [1, None, {"cell_type": "code"}, {"cell_type": "code", "source": [1, "x"]}]})
    assert [(cell.number, cell.text) for cell in read_notebook(text, "a.ipynb")] == [(3, ""), (4, "x")]


def test_long_name_of_a_language_is_not_read_for_each_cell() -> None:
    """Minutes for this, if it were, and nothing else runs meanwhile."""
    cell = {"cell_type": "code", "source": "x = 1\n"}
    kernel = {"kernelspec": {"language": "9" * 400_000 + "x"}}
    assert read_notebook(json.dumps({"cells": [cell] * 20_000, "metadata": kernel}), "n.ipynb") == []
