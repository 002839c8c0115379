"""Functions on their own, without an object literal, a property or an array around them."""

import pytest

from codeorigin.functions.finding import find_functions, function_id, only_function
from codeorigin.functions.spans import FunctionSpan, code_text
from codeorigin.languages import get_language

OBJECT = ("const shelf = {\n", "\n};\n")
PROPERTY = ("class Shelf\n{\n  public int Size\n  {\n", "\n  }\n}\n")
EVENT = ("class Shelf\n{\n  public event Action Full\n  {\n", "\n  }\n}\n")
INDEXER = ("class Shelf\n{\n  public int this[int place]\n  {\n", "\n  }\n}\n")
HOOKS = ("<?php\nclass Shelf\n{\n  public int $size {\n", "\n  }\n}\n")
ARRAY = ("<?php\n$shelf = [\n", "\n];\n")
ELEMENTS = ("package shelf\n\nvar shelf = Shelf{\n", ",\n}\n")
HASH = ("SHELF = {\n", "\n}\n")

PIECES: dict[str, tuple[str, tuple[str, str], str]] = {
    "function": ("javascript", OBJECT, "  load: function (key) {\n    return this.get(key);\n  }"),
    "function with a name": ("javascript", OBJECT, "  load: function read(key) {\n    return key;\n  }"),
    "generator": ("javascript", OBJECT, "  load: function* (key) {\n    yield key;\n  }"),
    "asynchronous": ("javascript", OBJECT, "  load: async (key) => {\n    return await this.get(key);\n  }"),
    "arrow": ("javascript", OBJECT, "  load: key =>\n    this.get(key)"),
    "arrow to functions": (
        "javascript",
        OBJECT,
        "  load: (key) => ({\n    open: () => key,\n    close() { return key; },\n  })",
    ),
    "text": ("javascript", OBJECT, "  'load all': function () {\n    return this.all();\n  }"),
    "computed": ("javascript", OBJECT, "  [LOAD]: (key) => {\n    return this.get(key);\n  }"),
    "keyword": ("javascript", OBJECT, "  catch: function (error) {\n    return error;\n  }"),
    "method": ("javascript", OBJECT, "  load(key) {\n    return this.get(key);\n  }"),
    "accents": ("javascript", OBJECT, "  größe: function (été) {\n    return 'é' + été;\n  }"),
    "typed": (
        "typescript",
        OBJECT,
        "  load: async (key: string): Promise<void> => {\n    await get(key);\n  }",
    ),
    "untyped": ("typescript", OBJECT, "  load: (key) => {\n    return get(key);\n  }"),
    "type parameter": ("typescript", OBJECT, "  load: <K extends string>(key: K) => {\n    return key;\n  }"),
    "function type": ("typescript", OBJECT, "  load: (key: string) =>\n    get(key)"),
    "markup": ("tsx", OBJECT, "  render: () => {\n    return <b>{text}</b>;\n  }"),
    "get": ("csharp", PROPERTY, "    get\n    {\n      return size;\n    }"),
    "get, brace beside": ("csharp", PROPERTY, "    get {\n      return size;\n    }"),
    "get expression": ("csharp", PROPERTY, "    get => Count(\n      shelves);"),
    "get value": ("csharp", PROPERTY, "    get =>\n      size;"),
    "set": ("csharp", PROPERTY, "    private set\n    {\n      size = value;\n    }"),
    "init": ("csharp", PROPERTY, "    init => size =\n      value;"),
    "attribute": ("csharp", PROPERTY, "    [Pure] get\n    {\n      return size;\n    }"),
    "add": ("csharp", EVENT, "    add\n    {\n      full += value;\n    }"),
    "remove": ("csharp", EVENT, "    remove { full -=\n      value; }"),
    "indexer": ("csharp", INDEXER, "    get\n    {\n      return books[place];\n    }"),
    "hook": ("php", HOOKS, "    get {\n      return count($this->books);\n    }"),
    "hook with a parameter": ("php", HOOKS, "    set(int $size) {\n      $this->grow($size);\n    }"),
    "hook with an expression": ("php", HOOKS, "    get =>\n      count($this->books);"),
    "element": ("php", ARRAY, "  'load' => function ($key) {\n    return get($key);\n  }"),
    "arrow element": ("php", ARRAY, '  "load" => fn ($key) =>\n    get($key)'),
    "field": ("go", ELEMENTS, "\tLoad: func(key string) (string, error) {\n\t\treturn get(key)\n\t}"),
    "key": ("go", ELEMENTS, '\t"load": func(key string) (string, error) {\n\t\treturn get(key)\n\t}'),
    "lambda": ("ruby", HASH, "  'load' => ->(key) {\n    get(key)\n  }"),
    "lambda behind a symbol": ("ruby", HASH, "  load: lambda do |key|\n    get(key)\n  end"),
    "lambda behind an arrow": ("ruby", HASH, "  :load => ->(key) do\n    get(key)\n  end"),
}


def facts(text: str, span: FunctionSpan) -> tuple[object, ...]:
    """What must be the same alone and in a file, with lines counted from the function's first."""
    return (
        span.name,
        function_id(text, span, get_language(span.language).model_language),
        code_text(text, span),
        text[span.range.start : span.range.end],
        text[span.header.start : span.header.end],
        text[span.name_range.start : span.name_range.end],
        (span.range.start_column, span.range.end_column, span.range.end_line - span.range.start_line),
        [(each.name, each.range.start - span.range.start) for each in span.nested],
    )


@pytest.mark.parametrize(("language", "around", "piece"), PIECES.values(), ids=PIECES)
@pytest.mark.parametrize(
    ("before", "after"), [("", ""), ("\n\n", "\n"), ("  // One.\n", ",\n"), ("\ufeff", "\n")]
)
def test_piece_alone_is_read_as_in_its_file(
    language: str, around: tuple[str, str], piece: str, before: str, after: str
) -> None:
    found = get_language(language)
    if "," in after and around not in (OBJECT, ARRAY, ELEMENTS, HASH):
        after = "\n"
    inside = around[0] + piece + around[1]
    (in_file,) = find_functions(inside, found)
    text = before.replace("//", found.line_comment) + piece + after
    (alone,) = find_functions(text, found)
    # A byte order mark takes up a column of the first line.
    text, start = text.removeprefix("\ufeff"), text.startswith("\ufeff")
    (shifted,) = find_functions(text, found) if start else (alone,)
    assert facts(text, shifted) == facts(inside, in_file)
    assert alone.range.start - start == shifted.range.start
    assert shifted.range.start_line == before.removeprefix("\ufeff").count("\n")
    assert only_function(text, found) is not None


@pytest.mark.parametrize("language", ["javascript", "typescript", "tsx"])
def test_consecutive_entries_are_found(language: str) -> None:
    text = (
        "/** Opens. */\nopen: function (key) {\n  return key;\n},\n\nsize: 2,\n\n"
        "// codeorigin: ignore\nclose: async (key) => {\n  return key;\n},\nget label() {\n  return 'a';\n}, // last\n"
    )
    spans = find_functions(text, get_language(language))
    assert [span.qualified_name for span in spans] == ["open", "close", "label"]
    assert [span.ignored for span in spans] == [False, True, False]
    assert [text[span.range.end] for span in spans] == [",", ",", ","]
    assert spans[0].doc_comment is not None


def test_consecutive_methods_with_commas_are_found() -> None:
    text = "open(key) {\n  return key;\n},\n\nasync close() {\n  return null;\n},\n"
    assert [span.name for span in find_functions(text, get_language("javascript"))] == ["open", "close"]


def test_both_accessors_are_found() -> None:
    text = "get { return size; }\n/* Sets. */\nprotected set\n{\n  size = value;\n}\n"
    first, second = find_functions(text, get_language("csharp"))
    assert (first.qualified_name, second.qualified_name) == ("get", "set")
    assert text[second.range.start : second.range.end].startswith("protected set\n{")


def test_entry_being_typed_is_found() -> None:
    text = "load: function (key) {\n  if (key) {\n    return 1;\n"
    (span,) = find_functions(text, get_language("javascript"))
    assert (span.qualified_name, span.range.start_line, span.range.end_line) == ("load", 0, 2)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("javascript", "shelves: for (const shelf of all) {\n  open(shelf);\n}\n"),
        ("javascript", "note: this is prose (of a kind) { and no code }\n"),
        ("javascript", "load: function (key) {\n  return key;\n}; }\n"),
        ("javascript", "if (a) {\n  f();\n},\nwhile (b) {\n  g();\n},\n"),
        ("javascript", "catch (error) {\n  f(error);\n},\n"),
        ("typescript", "load: (key: string) => void,\nsave: (key: string) => void,\n"),
        ("typescript", "load: (key: string) => Value\n"),
        ("typescript", "size: number,\nload: (\n  key: string,\n) => Promise<Value[]> | null,\n"),
        ("tsx", "load: (key: string) => 'a' | 'b',\nsave: (key: string) => Map<Key, Value>\n"),
        ("typescript", "switch (a) {\n  f();\n},\n"),
        ("csharp", "do { f(); }\n"),
        ("csharp", "unsafe { f(); } }\n"),
        ("csharp", "shelf { f(); }\n"),
        ("csharp", "get the book { from the shelf }\n"),
        ("csharp", "get { f(); }\nelse { g(); }\n"),
        ("csharp", "get; set;\n"),
        ("go", "note: this is prose (of a kind) { and no code }\n"),
        ("go", "again: for _, shelf := range all {\n\topen(shelf)\n}\n"),
        ("ruby", "load: this is prose { and no code }\n"),
        ("ruby", "'load' => key\n"),
        ("php", "get { one of }\n"),
        ("php", "shelf {\n  return 1;\n}\n"),
        ("php", "'load' => 'a',\n'save' => 'b',\n"),
        ("php", "'a page' => <b>\n<?php echo $b; ?>\n"),
    ],
)
def test_other_text_gives_no_functions(language: str, text: str) -> None:
    assert find_functions(text, get_language(language)) == ()


@pytest.mark.parametrize(
    ("language", "text", "names"),
    [
        ("javascript", "let a = 1;\nload: function load(key) {\n  return key;\n}\n", ["load"]),
        ("javascript", "function open() {\n}\nload: (key) => {\n  return key;\n},\n", ["open"]),
        ("javascript", "load: function read(key) {\n  return key;\n}\nopen();\n", ["read"]),
        ("javascript", "load: {\n  function read(key) {\n    return key;\n  }\n}\n", ["read"]),
        ("csharp", "int Open() { return 1; }\nget { return 2; }\n", ["Open"]),
    ],
)
def test_text_that_already_has_functions_keeps_them(language: str, text: str, names: list[str]) -> None:
    assert [span.name for span in find_functions(text, get_language(language))] == names
