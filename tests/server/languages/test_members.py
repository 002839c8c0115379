"""Methods on their own, without the class that their grammar expects around them."""

import pytest

from codeorigin.functions.finding import find_functions, only_function
from codeorigin.functions.spans import FunctionSpan
from codeorigin.languages import get_language

ALONE = {
    "javascript": ("async load(key) {\n  const value = await this.get(key);\n  return value;\n}", "load"),
    "typescript": ("private async load(key: string): Promise<void> {\n  await this.get(key);\n}", "load"),
    "tsx": ("get label(): string {\n  return this.text;\n}", "label"),
    "java": ("public Shelf(int size) {\n  this.size = size;\n}", "Shelf"),
    "csharp": ("public Shelf(int size) : base(size)\n{\n  Size = size;\n}", "Shelf"),
    "php": ("public static function load(int $key): int\n{\n    return $key;\n}", "load"),
    "cpp": ("explicit Shelf(int size) : size_(size) {\n  grow();\n}", "Shelf"),
}
CLASSES = {
    "php": "<?php\nclass Shelf {\n",
    "cpp": "struct Shelf {\n",
}


def read_by_model(text: str, span: FunctionSpan) -> str:
    return text[span.code.start : span.code.end]


@pytest.mark.parametrize("language", ALONE)
def test_method_alone_is_found_with_its_exact_range(language: str) -> None:
    method, name = ALONE[language]
    text = f"\n{method}\n\n"
    (span,) = find_functions(text, get_language(language))
    assert (span.qualified_name, text[span.name_range.start : span.name_range.end]) == (name, name)
    assert text[span.range.start : span.range.end] == read_by_model(text, span) == method
    assert (span.range.start_line, span.range.end_line) == (1, 1 + method.count("\n"))


@pytest.mark.parametrize("language", ALONE)
def test_model_reads_the_same_text_as_inside_a_class(language: str) -> None:
    method, _ = ALONE[language]
    inside = CLASSES.get(language, "class Shelf {\n") + method + "\n};\n"
    (in_class,) = find_functions(inside, get_language(language))
    (alone,) = find_functions(method, get_language(language))
    assert read_by_model(method, alone) == read_by_model(inside, in_class)


def test_several_methods_with_comments_and_decorators_are_found() -> None:
    text = (
        "/** Opens. */\n@logged()\nopen(é) {\n  return é;\n}\n\n"
        "// codeorigin: ignore\nclose() {\n  return null;\n}\n"
    )
    first, second = find_functions(text, get_language("javascript"))
    assert (first.qualified_name, second.qualified_name) == ("open", "close")
    assert (first.ignored, second.ignored) == (False, True)
    assert first.doc_comment is not None
    assert text[first.doc_comment.start : first.doc_comment.end] == "/** Opens. */"
    assert text[second.range.start : second.range.end] == "close() {\n  return null;\n}"


def test_tag_before_the_method_is_not_part_of_it() -> None:
    text = "<?php\n\n/** Loads. */\nprotected function load($key)\n{\n    return $key;\n}\n"
    (span,) = find_functions(text, get_language("php"))
    assert text[span.range.start : span.range.end] == text[text.index("protected") :].rstrip()


def test_method_that_prints_a_page_is_found() -> None:
    text = "public function show() {\n  ?>\n  <b><?php echo $this->name; ?></b>\n  <?php\n}\n"
    (span,) = find_functions(text, get_language("php"))
    assert read_by_model(text, span) == text.rstrip()


def test_method_being_typed_is_found() -> None:
    text = "load(key) {\n  if (key) {\n    return 1;\n"
    (span,) = find_functions(text, get_language("javascript"))
    assert (span.range.start_line, span.range.end_line) == (0, 2)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("javascript", "if (x) {\n  f();\n}\nfoo(;\n"),
        ("javascript", "for (const a of b) {\n  f(a);\n}\nwhile (x) {\n  g()\n}}\n"),
        ("java", "This is prose { and no code }\n"),
        ("php", "<html><?php if (x) { ?></html>\n"),
    ],
)
def test_broken_statements_are_not_methods(language: str, text: str) -> None:
    assert find_functions(text, get_language(language)) == ()


def test_broken_file_is_still_read_as_a_file() -> None:
    text = "import a from 'a';\n\nfunction open() {\n  return a;\n}\n\nclose() {\n  return 1;\n}\n"
    (span,) = find_functions(text, get_language("javascript"))
    assert span.qualified_name == "open"


def test_only_function_needs_a_text_of_exactly_one_function() -> None:
    javascript = get_language("javascript")
    method = ALONE["javascript"][0]
    span = only_function(f"  // Loads.\n  {method},\n", javascript)
    assert span is not None
    assert span.name == "load"
    assert only_function(f"{method}\n\n{method}\n", javascript) is None
    assert only_function(f"let x = 1;\nfunction {method.removeprefix('async ')}\n", javascript) is None


ALLMAN = {
    "call": ("javascript", "load(key)\n{\n  const value = this.get(key);\n  return value;\n}"),
    "comment": ("javascript", "load(key) // one\n{\n  return this.get(key);\n}"),
    "defaults": ("javascript", "load({ key, more }, other = 1, ...rest)\n{\n  return key;\n}"),
    "keyword": ("javascript", "async load(key)\n{\n  return await this.get(key);\n}"),
    "untyped": ("typescript", "load(key)\n{\n  return this.get(key);\n}"),
    "typed": ("typescript", "protected load(key: string): void\n{\n  this.get(key);\n}"),
    "tsx": ("tsx", "render()\n{\n  return <b>{this.text}</b>;\n}"),
}


@pytest.mark.parametrize(("language", "method"), ALLMAN.values(), ids=ALLMAN)
def test_method_with_its_brace_on_its_own_line_is_found(language: str, method: str) -> None:
    found = get_language(language)
    (alone,) = find_functions(f"{method}\n", found)
    inside = f"class Shelf\n{{\n{method}\n}}\n"
    (in_class,) = find_functions(inside, found)
    assert read_by_model(method, alone) == read_by_model(inside, in_class) == method
    both = find_functions(f"// Loads.\n{method}\n\n{method}\n", found)
    assert [read_by_model(f"// Loads.\n{method}\n\n{method}\n", each) for each in both] == [method, method]


@pytest.mark.parametrize(
    "text",
    [
        "describe('a shelf', load)\n{\n  f();\n}\n",
        "load(key);\n{\n  f();\n}\n",
        "shelf.load(key)\n{\n  f();\n}\n",
        "if (key)\n{\n  f();\n}\n",
        "load(key)\n{\n  f();\n}\nlet a = 1;\n",
        "{\n  f();\n}\nload(key)\n",
    ],
)
@pytest.mark.parametrize("language", ["javascript", "typescript"])
def test_calls_before_a_block_are_not_methods(language: str, text: str) -> None:
    assert find_functions(text, get_language(language)) == ()


@pytest.mark.parametrize("language", ["typescript", "tsx"])
@pytest.mark.parametrize(
    "field", ["load = (key: string) => {\n  return key;\n}", "load = async function (key) {\n}"]
)
def test_a_field_alone_is_read_without_its_semicolon(language: str, field: str) -> None:
    found = get_language(language)
    inside = f"class Shelf {{\n{field};\n}}\n"
    (in_class,) = find_functions(inside, found)
    for text in (
        f"{field};\n",
        f"// Loads.\n{field}\n",
        f"private {field};\n",
        f"{field};\n\nsave = () => {{\n}};\n",
    ):
        alone = find_functions(text, found)[0]
        assert read_by_model(text, alone).removeprefix("private ") == read_by_model(inside, in_class) == field


def test_an_assignment_in_a_file_is_a_statement() -> None:
    text = "let load;\nload = (key) => {\n  return key;\n};\n"
    (span,) = find_functions(text, get_language("typescript"))
    assert read_by_model(text, span).endswith("};")


@pytest.mark.parametrize("language", ALONE)
@pytest.mark.parametrize("before", ["", "\n", "<?php\n"])
def test_byte_order_mark_before_a_method_is_skipped(language: str, before: str) -> None:
    if before.strip() and language != "php":
        before = " "
    method, name = ALONE[language]
    text = f"\ufeff{before}{method}\n"
    (span,) = find_functions(text, get_language(language))
    assert (span.qualified_name, read_by_model(text, span)) == (name, method)
    if "<" not in before:
        assert only_function(text, get_language(language)) is not None


TAGGED = {
    "string": "public function load($key): string\n{\n    return '<?php return ' . $key . ';';\n}",
    "opened and closed": "private function page(): string\n{\n    return '<?php echo 1; ?>';\n}",
    "document": "private function page(): string {\n    return <<<'EOC'\n<?php\nfunction one() { return 1; }\nEOC;\n}",
    "declaration": "public static function head()\n{\n    return '<?xml version=\"1.0\"?>';\n}",
    "comment": "// Writes a file that begins with <?php.\npublic function write($file)\n{\n    return put($file);\n}",
    "attribute": '#[Pure]\nfinal protected function load()\n{\n    return "<?= $this->key ?>";\n}',
    "function": 'function load($key)\n{\n    return "<?php $key";\n}',
}


@pytest.mark.parametrize("method", TAGGED.values(), ids=TAGGED)
def test_tag_in_a_method_does_not_make_it_a_page(method: str) -> None:
    php = get_language("php")
    inside = f"<?php\nclass Shelf\n{{\n\n{method}\n}}\n"
    (in_class,) = find_functions(inside, php)
    (alone,) = find_functions(f"\n{method}\n", php)
    assert read_by_model(f"\n{method}\n", alone) == read_by_model(inside, in_class)
    assert (alone.qualified_name, alone.range.start_line) == (in_class.name, in_class.range.start_line - 3)
    assert alone.range[5:] == (
        alone.range.start_column,
        in_class.range.end_line - 3,
        in_class.range.end_column,
    )


@pytest.mark.parametrize(
    ("page", "names"),
    [
        ("public <?php function load() { return 1; } ?> function\n", ["load"]),
        ("<b>public function</b>\n<?php if ($a) { ?>\n<?php } ?>\n", []),
        ("function <?php echo $name; ?>() {\n  return <?= $value ?>;\n}\n", []),
        ("// <?php function load() { return 1; }\n", ["load"]),
    ],
)
def test_page_is_still_read_as_a_page(page: str, names: list[str]) -> None:
    assert [span.name for span in find_functions(page, get_language("php"))] == names


@pytest.mark.parametrize(
    ("language", "method"),
    [
        ("php", "public function with(string $key): static\n{\n    return $this;\n}"),
        ("javascript", "async catch(error) {\n  return error;\n}"),
        ("typescript", "public with(key: string): this {\n  return this;\n}"),
        ("javascript", "load(key) {\n  return { catch(error) { return key; } };\n}"),
    ],
)
def test_a_method_may_have_the_name_of_a_statement(language: str, method: str) -> None:
    (span,) = find_functions(f"{method}\n", get_language(language))
    assert read_by_model(f"{method}\n", span) == method


def test_misread_quotes_do_not_unbalance_brackets() -> None:
    method = (
        "private names(kinds: '*' | string[], more: string): string {\n"
        "  if (kinds !== '*' && !kinds.includes(more))\n    throw new Error(`${more}: (${kinds.toString()}`);\n"
        "  return more;\n}"
    )
    (span,) = find_functions(f"{method}\n", get_language("typescript"))
    assert read_by_model(f"{method}\n", span) == method


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("typescript", "else if (a) {\n  f();\n}\n"),
        ("javascript", "catch (error) {\n  f(error);\n}\n"),
    ],
)
def test_rest_of_a_statement_is_not_a_method(language: str, text: str) -> None:
    assert find_functions(text, get_language(language)) == ()
