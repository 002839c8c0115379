import numpy as np
import pytest

from codeorigin.model.reading.comments import find_comments
from codeorigin.model.reading.normalize import normalize
from codeorigin_training.data.documented import documented, is_documented
from support.corpus_rows import row

TEXTS = [
    ("python", 'def f(x):\n        """Twice."""\n        return 2 * x\n', True),
    ("python", "def f(x):\n    return 2 * x  # twice\n", True),
    ("python", 'def f(x):\n    return """not a docstring"""\n', False),
    ("go", 'func f() string {\n\treturn "http://"\n}\n', False),
    ("rust", "fn f() {\n    // why\n    g()\n}\n", True),
    ("ruby", "def f\n  1\nend\n", False),
]


@pytest.mark.parametrize(("language", "code", "expected"), TEXTS)
def test_code_with_comment_or_docstring_is_documented(language: str, code: str, expected: bool) -> None:
    assert is_documented(code, language) is expected
    assert bool(find_comments(normalize(code, language).text, language)) is expected


def test_documented_gives_one_value_per_row() -> None:
    rows = [row(language=language, code=code) for language, code, _ in TEXTS]
    assert np.array_equal(documented(rows), [expected for *_, expected in TEXTS])
