"""A badge: a small, self-contained SVG with the share of lines in findings."""

from html import escape

from codeorigin.check.result import CheckResult
from codeorigin.wording.totals import badge_message

LABEL = "likely LLM-written"
_GREY, _NONE, _SOME = "#555", "#0b7fab", "#d9730d"
_CHARACTER, _PADDING, _HEIGHT = 6.6, 10, 20


def _width(text: str) -> int:
    return round(_CHARACTER * len(text)) + _PADDING


def render(result: CheckResult) -> str:
    """The image for a check, as wide as its text."""
    return image(badge_message(result.summary), some=result.summary.findings > 0)


def image(message: str, *, some: bool) -> str:
    """The image with ``message`` about code likely written by an LLM; ``some`` changes its color."""
    left, right = _width(LABEL), _width(message)
    colour = _SOME if some else _NONE
    title = escape(f"{LABEL}: {message}")

    def words(text: str, middle: float, width: int) -> str:
        return (
            f'<text x="{middle:g}" y="14" textLength="{width - _PADDING}" lengthAdjust="spacingAndGlyphs">'
            f"{escape(text)}</text>"
        )

    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="{_HEIGHT}" role="img" '
        f'aria-label="{title}"><title>{title}</title>'
        f'<clipPath id="edge"><rect width="{left + right}" height="{_HEIGHT}" rx="3"/></clipPath>'
        f'<g clip-path="url(#edge)"><rect width="{left}" height="{_HEIGHT}" fill="{_GREY}"/>'
        f'<rect x="{left}" width="{right}" height="{_HEIGHT}" fill="{colour}"/></g>'
        '<g fill="#fff" text-anchor="middle" font-family="Verdana,Geneva,DejaVu Sans,sans-serif" font-size="11">'
        f"{words(LABEL, left / 2, left)}{words(message, left + right / 2, right)}</g></svg>\n"
    )
