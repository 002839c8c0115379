"""Code in ``fixtures``: each function has its name and lines.

``second_reading`` has what a grammar does not know, ``spans`` what breaks off, is not code, or is easily misread.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codeorigin.functions.documents import Document
from codeorigin.functions.outline import find_functions
from codeorigin.functions.spans import FunctionSpan
from codeorigin.languages import get_language
from codeorigin.languages.second_reading import second_readings


def flat(spans: Sequence[FunctionSpan]) -> Iterator[FunctionSpan]:
    for span in spans:
        yield span
        yield from flat(span.nested)


def found(text: str, language: str) -> list[str]:
    """The name and the lines of each function."""
    spans = flat(find_functions(text, get_language(language)))
    return [f"{span.qualified_name} {span.range.start_line + 1}-{span.range.end_line + 1}" for span in spans]


FIXTURES = Path(__file__).parents[2] / "fixtures"
CASE = re.compile(r"=== (?P<name>[\w ]+): (?P<functions>.*)\n(?P<code>(?:(?!===).*\n)+)")
CASES = [
    pytest.param(path.stem, case["code"], case["functions"], id=f"{path.stem}, {case['name']}")
    for folder in ("second_reading", "spans")
    for path in sorted((FIXTURES / folder).glob("*.txt"))
    for case in CASE.finditer(path.read_text("utf-8"))
]


@pytest.mark.parametrize("tail", ["", "\n", "\n\n  \n"], ids=["bare", "line", "blank lines"])
@pytest.mark.parametrize(("language", "text", "expected"), CASES)
def test_functions_have_their_names_and_lines(language: str, text: str, expected: str, tail: str) -> None:
    assert ", ".join(found(text.removesuffix("\n") + tail, language)) == expected


@pytest.mark.parametrize(("language", "text", "expected"), CASES)
def test_offsets_and_line_endings_stay(language: str, text: str, expected: str) -> None:
    data = text.replace("\n", "\r\n").encode()
    for reading in second_readings(data, language):
        assert len(reading.data) == len(data)
        assert [place for place, byte in enumerate(reading.data) if byte in b"\r\n"] == [
            place for place, byte in enumerate(data) if byte in b"\r\n"
        ]


MACRO = st.sampled_from(["LIB_API", "LIB_API(1)", "LIB_A LIB_B", 'LIB_SAID("x, y")'])


@given(
    MACRO, MACRO, st.booleans(), st.sampled_from(["int", "std::string", "const Shape&", "std::map<int, int>"])
)
def test_code_with_macros_has_the_functions_of_the_code_without(
    first: str, second: str, above: bool, kind: str
) -> None:
    def code(before_name: str, before_function: str, line: str) -> str:
        return (
            f"{line}\nclass {before_name} Shape : public Base {{\npublic:\n  {line}\n"
            f"  {before_function} {kind} side(int a) {{ return a; }}\n  int other() {{ return 1; }}\n}};\n"
            f"{before_function} {kind} free(int a) {{\n  return a;\n}}\nint last() {{ return 1; }}\n"
        )

    assert found(code(first, second, first if above else ""), "cpp") == found(code("", "", ""), "cpp")


@given(st.lists(st.sampled_from(["<<~{}", "<<-{}", '<<~"{}"']), min_size=1, max_size=5), st.booleans())
def test_heredocs_inside_heredocs_end_no_function_and_hide_none(signs: list[str], in_call: bool) -> None:
    names = [f"TEXT{number}" for number in range(len(signs))]
    starts = [sign.format(name) for sign, name in zip(signs, names, strict=True)]
    head = f"    puts({starts[0]})\n" if in_call else f"    {starts[0]}\n"
    body = "".join(f"      def no #{{{start}}} end\n" for start in starts[1:])
    ends = "".join(f"      {name}\n" for name in reversed(names))
    text = f"class A\n  def f\n{head}{body}      end\n{ends}  end\n\n  def g\n    1\n  end\nend\n"
    last = 4 + 2 * len(signs)
    assert found(text, "ruby") == [f"A#f 2-{last}", f"A#g {last + 2}-{last + 4}"]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("class Disk {\n  int r() { return 1; }\n};\n", "cpp"),
        ("namespace a {\nint f();\n}\n", "cpp"),
        ("template <typename T>\nT f(T a) { return a; }\n", "cpp"),
        ("inline int f(const std::vector<int>& v) { return 1; }\n", "cpp"),
        (
            '#ifdef __cplusplus\nextern "C" {\n#endif\nint f(void);\n#ifdef __cplusplus\n}\nclass A {};\n#endif\n',
            "cpp",
        ),
        ("struct A : B {\n  int f() override { return 1; }\n};\n", "cpp"),
        ('#ifdef __cplusplus\nextern "C" {\n#endif\nint f(int a);\n#ifdef __cplusplus\n}\n#endif\n', "c"),
        (
            "/* Like std::vector: a class of C++,\nnamespace and all. */\nint f(int *new, struct s *class);\n",
            "c",
        ),
        ("#import <A/A.h>\n@interface A : NSObject\n- (int)f;\n@end\n", "c"),
        ("struct bits { unsigned a : 1; };\nint f(int a) { return a & 1; }\n", "c"),
    ],
)
def test_language_of_a_header_is_that_of_its_text(text: str, language: str) -> None:
    assert Document(text, "c", "lib/a.h").language().id == language
    assert Document(text, "c", "lib/a.c").language().id == "c"
