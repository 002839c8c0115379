"""Functions in code that breaks off, contains garbage, or is missing a bracket in the middle."""

import pytest

from codeorigin.functions.outline import find_functions
from codeorigin.functions.spans import FunctionSpan
from codeorigin.languages import get_language


def found(text: str, language: str) -> list[tuple[str, int, int]]:
    def walk(spans: tuple[FunctionSpan, ...]) -> list[tuple[str, int, int]]:
        rows = []
        for span in spans:
            rows.append((span.qualified_name, span.range.start_line + 1, span.range.end_line + 1))
            rows.extend(walk(span.nested))
        return rows

    return walk(find_functions(text, get_language(language)))


BROKEN_OFF = {
    "python": "class C:\n  def a(self): pass\n  def b(self, x):\n    if x:\n      y = [foo(x,\n",
    "javascript": "class C {\n  a() { return 1; }\n  b(x) {\n    if (x) {\n      y = [foo(`${x}`,\n",
    "typescript": "export class C {\n  a(): void { }\n  b(x: string) {\n    if (x) {\n      y = [foo(x,\n",
    "tsx": "class C {\n  a(): void { }\n  b(x: string) {\n    if (x) {\n      return foo(x,\n",
    "java": "class C {\n  int a() { return 1; }\n  int b(int x) {\n    if (x) {\n      foo(x,\n",
    "csharp": "class C {\n  int a() { return 1; }\n  int b(int x) {\n    if (x) {\n      foo(x,\n",
    "rust": "impl C {\n  fn a() {}\n  fn b(x: bool) {\n    if x {\n      foo(x,\n",
    "php": "<?php class C {\n  function a() { return 1; }\n  function b($x) {\n    if ($x) {\n      foo($x,\n",
    "ruby": "class C\n  def a; end\n  def b(x)\n    if x\n      foo\n",
    "cpp": "struct C {\n  int a() { return 1; }\n  int b(int x) {\n    if (x) {\n      foo(x,\n",
}
JOINED = {"php": "::", "cpp": "::", "rust": "::", "ruby": "#"}


@pytest.mark.parametrize("language", BROKEN_OFF)
@pytest.mark.parametrize("tail", ["", "\n\n  \n"], ids=["bare", "blank-lines"])
def test_the_function_being_typed_is_found_with_those_before_it(language: str, tail: str) -> None:
    joined = JOINED.get(language, ".")
    text = BROKEN_OFF[language] + tail
    assert found(text, language) == [(f"C{joined}a", 2, 2), (f"C{joined}b", 3, 5)]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (
            "c",
            "int a(void) {\n  return 1;\n}\nint b(int x)\n{\n#if X\n#endif\n  switch (x) {\n  case 1: foo(x,\n",
        ),
        (
            "go",
            "func a() int {\n  return 1\n}\nfunc b(x int) {\n  switch x {\n  case 1:\n  default:\n\n    foo(x,",
        ),
        (
            "cpp",
            "namespace {\nint a() { return 1; }\n\nint b(int x) {\n  if (x) {\n    foo();\n\n\n    bar(\n",
        ),
    ],
)
def test_unindented_lines_do_not_hide_open_functions(language: str, text: str) -> None:
    assert [row[0] for row in found(text, language)] == ["a", "b"]
    assert found(text, language)[-1][2] == 9


def test_ruby_blocks_are_counted_by_indentation() -> None:
    text = (
        "module M\n  class C\n    def a\n      if x\n        1\n      else\n        2\n      end\n    end\n"
        "    private def b\n      # why\n      y = if x\n        1\n      else\n"
        "        list.each do |z|\n          foo\n"
    )
    assert found(text, "ruby") == [("M::C#a", 3, 9), ("M::C#b", 10, 16)]


def test_missing_bracket_does_not_hide_the_functions_after_it() -> None:
    text = "function a() {\n  if (x) {\n  return 1;\n}\nfunction b(x) {\n  return x;\n}\n"
    text += "function c() { return 1 }\n"
    assert found(text, "javascript") == [("b", 5, 7), ("c", 8, 8)]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("python", "def a():\n    return 1\n\n)) garbage ((( = \n\ndef b(x):\n    return x\n"),
        ("java", "class C {\n  int a() { return 1; }\n  )) garbage = = ;\n  int b(int x) { return 2; }\n}\n"),
        ("c", "int a(void) { return 1; }\n)) garbage == ;\nint b(int x) { foo(); }\n"),
        ("cpp", "int a() { return 1; }\n)) garbage == ;\nint b(int x) { foo(); }\n"),
        ("csharp", "class C {\n  int a() { return 1; }\n )) garbage == ;\n  int b(int x) { Foo(); }\n}"),
        ("rust", "fn a() -> i32 { 1 }\n)) garbage == ;\nfn b(x: bool) { foo(); }\n"),
        ("php", "<?php\nfunction a() { return 1; }\n )) garbage == ;\nfunction b($x) { foo(); }\n"),
        ("ruby", "def a\n  1\nend\n )) garbage == ;\ndef b(x)\n  foo\nend\n"),
    ],
)
def test_garbage_between_functions_hides_neither(language: str, text: str) -> None:
    assert [row[0].rpartition(".")[2] for row in found(text, language)] == ["a", "b"]


def test_text_added_for_the_parser_is_in_no_range() -> None:
    text = "function a() {\n  const b = () => {\n    f(`${"
    (span,) = find_functions(text, get_language("javascript"))
    assert span.range.end == len(text)
    assert span.nested[0].range.end == len(text)
