"""The frame of every page: self-contained, without scripts or anything from elsewhere."""

from collections.abc import Iterable, Iterator
from importlib import resources

import codeorigin
from codeorigin.text.literal_text import html_line

_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; style-src 'unsafe-inline'"


def page(
    title: str, body: Iterable[str], model: str = "", *, version: str = codeorigin.__version__
) -> Iterator[str]:
    """Yield the lines of a page with ``title`` as its heading; only ``body`` may contain markup."""
    shown = html_line(title)
    style = resources.files("codeorigin.report").joinpath("style.css").read_text(encoding="utf-8")
    yield f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{shown}</title>\n'
    yield f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
    yield f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{style}</style></head>\n'
    yield f"<body><h1>{shown}</h1>\n"
    for line in body:
        yield f"{line}\n"
    by = f"CodeOrigin {version}, model {model}." if model else f"CodeOrigin {version}."
    yield f"<footer>{html_line(by)}</footer></body></html>\n"
