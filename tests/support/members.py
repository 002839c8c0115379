"""Members on their own, each with its language and what is around it in a file: what a user pastes or selects."""

CLASS = ("class Shelf\n{\n", "\n}\n")
STRUCT = ("struct Shelf\n{\n", "\n};\n")
PHP_CLASS = ("<?php\nclass Shelf\n{\n", "\n}\n")
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
    "javascript method": (
        "javascript",
        CLASS,
        "async load(key) {\n  const value = await this.get(key);\n  return value;\n}",
    ),
    "typescript method": (
        "typescript",
        CLASS,
        "private async load(key: string): Promise<void> {\n  await this.get(key);\n}",
    ),
    "tsx method": ("tsx", CLASS, "get label(): string {\n  return this.text;\n}"),
    "java method": ("java", CLASS, "public Shelf(int size) {\n  this.size = size;\n}"),
    "csharp method": ("csharp", CLASS, "public Shelf(int size) : base(size)\n{\n  Size = size;\n}"),
    "php method": ("php", PHP_CLASS, "public static function load(int $key): int\n{\n    return $key;\n}"),
    "cpp method": ("cpp", STRUCT, "explicit Shelf(int size) : size_(size) {\n  grow();\n}"),
    "brace on its own line, call": (
        "javascript",
        CLASS,
        "load(key)\n{\n  const value = this.get(key);\n  return value;\n}",
    ),
    "brace on its own line, comment": (
        "javascript",
        CLASS,
        "load(key) // one\n{\n  return this.get(key);\n}",
    ),
    "brace on its own line, defaults": (
        "javascript",
        CLASS,
        "load({ key, more }, other = 1, ...rest)\n{\n  return key;\n}",
    ),
    "brace on its own line, keyword": (
        "javascript",
        CLASS,
        "async load(key)\n{\n  return await this.get(key);\n}",
    ),
    "brace on its own line, untyped": ("typescript", CLASS, "load(key)\n{\n  return this.get(key);\n}"),
    "brace on its own line, typed": (
        "typescript",
        CLASS,
        "protected load(key: string): void\n{\n  this.get(key);\n}",
    ),
    "brace on its own line, tsx": ("tsx", CLASS, "render()\n{\n  return <b>{this.text}</b>;\n}"),
    "tag in a method, string": (
        "php",
        PHP_CLASS,
        "public function load($key): string\n{\n    return '<?php return ' . $key . ';';\n}",
    ),
    "tag in a method, opened and closed": (
        "php",
        PHP_CLASS,
        "private function page(): string\n{\n    return '<?php echo 1; ?>';\n}",
    ),
    "tag in a method, document": (
        "php",
        PHP_CLASS,
        "private function page(): string {\n    return <<<'EOC'\n<?php\nfunction one() { return 1; }\nEOC;\n}",
    ),
    "tag in a method, declaration": (
        "php",
        PHP_CLASS,
        "public static function head()\n{\n    return '<?xml version=\"1.0\"?>';\n}",
    ),
    "tag in a method, attribute": (
        "php",
        PHP_CLASS,
        '#[Pure]\nfinal protected function load()\n{\n    return "<?= $this->key ?>";\n}',
    ),
    "tag in a method, function": ("php", PHP_CLASS, 'function load($key)\n{\n    return "<?php $key";\n}'),
    "name of a statement 0": (
        "php",
        PHP_CLASS,
        "public function with(string $key): static\n{\n    return $this;\n}",
    ),
    "name of a statement 1": ("javascript", CLASS, "async catch(error) {\n  return error;\n}"),
    "name of a statement 2": ("typescript", CLASS, "public with(key: string): this {\n  return this;\n}"),
    "name of a statement 3": (
        "javascript",
        CLASS,
        "load(key) {\n  return { catch(error) { return key; } };\n}",
    ),
    "misread quotes": (
        "typescript",
        CLASS,
        (
            "private names(kinds: '*' | string[], more: string): string {\n"
            "  if (kinds !== '*' && !kinds.includes(more))\n    throw new Error(`${more}: (${kinds.toString()}`);\n"
            "  return more;\n}"
        ),
    ),
    "a page that is printed": (
        "php",
        PHP_CLASS,
        "public function show() {\n  ?>\n  <b><?php echo $this->name; ?></b>\n  <?php\n}",
    ),
}
