from codeorigin_training.evaluate.page.components import (
    bullets,
    details,
    figure,
    flag,
    heading,
    page,
    plots,
    problem_list,
    section,
    table,
)

EVIL = "<b>&\"'"


def test_text_is_escaped_exactly_once() -> None:
    row = [EVIL, flag(True, EVIL, "no")]
    found = page(EVIL, section(EVIL, table([EVIL], [row]), heading(EVIL), details(EVIL, bullets([EVIL]))))
    assert "<b>" not in found
    assert "&amp;lt;" not in found
    assert found.count("&lt;b&gt;&amp;") == 8
    assert '<td><span class="good">&lt;b&gt;' in found


def test_plain_strings_are_escaped_too() -> None:
    assert "<i>" not in page("title", "<i>written by hand</i>")
    assert problem_list("first", ["<i>"]).count("&lt;i&gt;") == 1


def test_plots_are_placed_side_by_side_unescaped() -> None:
    assert plots("<svg>1</svg>", figure("a < b", "<svg>2</svg>")) == (
        '<div class="plots"><svg>1</svg><figure><figcaption>a &lt; b</figcaption><svg>2</svg></figure></div>'
    )
