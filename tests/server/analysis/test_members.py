"""Methods and attributes: which parts of the text belong to a function."""

import pytest

from codeorigin.analysis.analyzer import Analyzer
from codeorigin.functions.documents import Document
from support.samples import samples
from support.snippets import TOTAL_PRICE

RUST = """fn checks_the_total() {
    let orders = vec![order(3, 2), order(5, 1)];
    let total = total_price(&orders);
    assert_eq!(total, 11);
}
"""


METHOD = """  findAll(query: Query, page: number) {
    const found = this.orders.filter((order) => order.matches(query));
    return found.slice(page * 10, page * 10 + 10);
  }
"""


@pytest.mark.parametrize(
    ("language", "plain", "attributed"),
    [
        ("rust", RUST, f'#[test]\n#[cfg(feature = "orders")]\n{RUST}'),
        ("typescript", f"class Orders {{\n{METHOD}}}\n", f"class Orders {{\n  @Get('orders')\n{METHOD}}}\n"),
    ],
)
def test_attributes_above_a_function_do_not_change_its_verdict(
    analyzer: Analyzer, language: str, plain: str, attributed: str
) -> None:
    # The training data has functions without them: otherwise every test of a Rust project looked LLM-written.
    (before,) = analyzer.analyze(Document(plain, language)).functions
    (after,) = analyzer.analyze(Document(attributed, language)).functions
    assert before.verdict.logit is not None
    assert after.verdict == before.verdict
    assert after.function_id == before.function_id
    assert after.span.range.start_line < after.span.code.start_line
    explained = analyzer.explainer.explain(attributed, after)
    first = min(line.line for line in explained.lines)
    assert first == after.span.code.start_line


def test_decorators_that_are_part_of_the_function_are_read(analyzer: Analyzer) -> None:
    (report,) = analyzer.analyze(Document(f"@cached\n{TOTAL_PRICE}", "python")).functions
    assert report.span.code == report.span.range
    assert report.span.code.start_line == 0


@pytest.mark.parametrize(
    ("head", "before", "after"),
    [
        ("long method | typescript | CLASS", "class Shelf {\n", "\n}\n"),
        ("long entry | javascript | OBJECT", "const shelf = {\n", ",\n};\n"),
        ("long accessor | csharp | PROPERTY", "class Shelf\n{\n  int Books\n  {\n", "\n  }\n}\n"),
        ("long method with code in a string | php | PHP_CLASS", "<?php\nclass Shelf\n{\n", "\n}\n"),
    ],
)
def test_member_alone_has_the_same_verdict_as_in_its_file(
    analyzer: Analyzer, head: str, before: str, after: str
) -> None:
    language, piece = head.split(" | ")[1], dict(samples("members.txt"))[head]
    (inside,) = analyzer.analyze(Document(before + piece + after, language)).functions
    (alone,) = analyzer.analyze(Document(f"\n{piece}\n", language)).functions
    assert inside.verdict.logit is not None
    assert (alone.function_id, alone.verdict) == (inside.function_id, inside.verdict)
    assert analyzer.score(piece, language).logit == inside.verdict.logit
