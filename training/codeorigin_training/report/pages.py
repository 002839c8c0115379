"""The command ``card``: model card, the README's figures and those of ``docs``, by the templates beside this file."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup
from pydantic.dataclasses import dataclass

from codeorigin.core.errors import CodeOriginError
from codeorigin.model.folder import MANIFEST
from codeorigin.text.literal_text import html_line
from codeorigin_training.configuration import STRICT
from codeorigin_training.experiments.trials import Trial, newest, read_trials
from codeorigin_training.metrics import table as names
from codeorigin_training.metrics.table import BANDS, IN_PROJECTS, MODERN, Table
from codeorigin_training.report import tables
from codeorigin_training.report.cells import SHARE_NOTE, interval, number, percent, short_percent
from codeorigin_training.run import Run, write_atomically

BEGIN, END = "<!-- metrics:begin -->", "<!-- metrics:end -->"
"""The lines of the README between which its figures are."""

_INLINE = (
    (re.compile(r"`([^`]+)`"), r"<code>\1</code>"),
    (re.compile(r"\*\*([^*]+)\*\*"), r"<strong>\1</strong>"),
    (re.compile(r"(?<![\w*])\*([^*\s][^*]*)\*(?![\w*])"), r"<em>\1</em>"),
)


@dataclass(frozen=True, config=STRICT)
class CardConfig:
    """``bundle`` None uses the run's; ``readme`` and ``quality`` are skipped if None, and need ``experiments``.

    ``quality`` is the page, ``report`` the report.json whose losses it states, ``experiments`` the folder of the trials.
    """

    bundle: Path | None = None
    readme: Path | None = None
    quality: Path | None = None
    report: Path | None = None
    experiments: Path | None = None

    def __post_init__(self) -> None:
        if (self.readme or self.quality) and self.experiments is None:
            raise ValueError("experiments is needed for the README and the quality page")
        if self.quality and self.report is None:
            raise ValueError("report is needed for the quality page")


def card(config: CardConfig, run: Run) -> None:
    """Rewrite the bundle's README.md, the figures in ``config.readme``, and the page ``config.quality``.

    Raises:
        CodeOriginError: a file or the bundle is missing, its manifest is broken, or the README lacks its markers.
    """
    bundle = config.bundle or run.needs(run.bundle, "export")
    if not (bundle / MANIFEST).is_file():
        raise CodeOriginError(f"{bundle}: holds no {MANIFEST}; pass the folder of a bundle")
    for path in (config.readme, config.quality, config.report):
        if path is not None and not path.is_file():
            raise CodeOriginError(
                f"{path}: not found; pass the project's README, docs/quality.md and report.json"
            )
    run.keep_settings("card", config)
    try:
        manifest = json.loads((bundle / MANIFEST).read_text(encoding="utf-8"))
        write_atomically(bundle / "README.md", model_card(manifest))
        if config.experiments is not None:
            trials = read_trials(config.experiments)
            if config.readme is not None:
                text = config.readme.read_text(encoding="utf-8")
                write_atomically(config.readme, with_metrics(text, manifest, trials))
            if config.quality is not None and config.report is not None:
                report = json.loads(config.report.read_text(encoding="utf-8"))
                for name, text in quality_pages(manifest, trials, report).items():
                    write_atomically(config.quality.parent / name, text)
    except (KeyError, TypeError, ValueError, jinja2.UndefinedError) as error:
        raise CodeOriginError(f"{bundle / MANIFEST}: broken manifest ({error!r}); export it again") from error
    run.log(f"wrote {bundle / 'README.md'}{'' if config.readme is None else f' and {config.readme}'}")


def model_card(manifest: Mapping[str, Any]) -> str:
    """Markdown for the model folder's README."""
    held_out = Table(manifest["metrics"]["held_out"])
    return rendered(
        "card.md.j2",
        m=manifest,
        rates=manifest["calibration"]["alone"],
        architecture=_architecture(manifest),
        ranking=tables.ranking(held_out),
        contexts=tables.contexts(held_out),
        languages=tables.languages(held_out, "in_file" if held_out.languages("in_file") else "by_text"),
        settings=tables.settings(held_out, ""),
        share_note=SHARE_NOTE,
    )


def with_metrics(readme: str, manifest: Mapping[str, Any], trials: Mapping[str, Trial]) -> str:
    """``readme`` with the figures between its markers.

    Raises:
        CodeOriginError: the markers are missing or in the wrong order.
    """
    head, begin, rest = readme.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not begin or not end:
        raise CodeOriginError(f"the page lacks the lines {BEGIN} and {END}")
    expected = _expected(manifest, trials)
    table = expected["expectations"]
    made = rendered("readme.md.j2", **expected, short=replace(table, rows=(*table.rows[:2], table.rows[-1])))
    return f"{head}{BEGIN}\n{made}{END}{tail}"


def quality_pages(
    manifest: Mapping[str, Any], trials: Mapping[str, Trial], report: Mapping[str, Any]
) -> dict[str, str]:
    """The page ``quality.md`` and what is behind it, by their paths in ``docs``.

    ``report`` is report.json, for what is lost without comments.
    """
    records, lockbox, drawn = (newest(trials, prefix) for prefix in ("records-", "lockbox-", "drawn-"))
    expected = _expected(manifest, trials)
    held_out, people = expected["held_out"], Table(trials[lockbox].figures["table"])
    values = dict(
        **expected,
        names=names,
        trials="../../training/experiments",
        joined_name=newest(trials, "joined-"),
        lockbox_name=lockbox,
        records_name=records,
        records=trials[records].figures,
        records_model=trials[records].model,
        languages=tables.languages(held_out),
        people=people,
        lockbox=trials[lockbox].figures,
        lockbox_model=trials[lockbox].model,
        drawn_name=drawn,
        drawn=trials[drawn].settings,
        lockbox_contexts=tables.lockbox_contexts(people),
        lockbox_languages=tables.languages(people),
        lockbox_lengths=tables.lengths(people),
        written_by=tables.written_by(people),
        ranking=tables.ranking(held_out),
        baselines_name=newest(trials, "baselines-"),
        baselines=trials[newest(trials, "baselines-")],
        baseline=Table(trials[newest(trials, "baselines-")].figures["table"]),
        unseen=Table(trials[newest(trials, "unseen-agent-")].figures["table"]),
        rankings_later=tables.rankings_later(expected["later"]),
        lost=Table(report["sections"]["comments"]["figures"]),
    )
    pages = {"quality.md": "quality.md.j2", "contributing/measurements.md": "measurements.md.j2"}
    return {name: rendered(template, **values) for name, template in pages.items()}


def _expected(manifest: Mapping[str, Any], trials: Mapping[str, Trial]) -> dict[str, Any]:
    """What README and page lead with: tables of what was kept aside and of held-out repositories."""
    joined = trials[newest(trials, "joined-")].figures
    held_out, later = Table(manifest["metrics"]["held_out"]), Table(joined["table"])
    ways = ("in_file", "in_file_and_records")
    few, many = (f"{1000 * (later.get(MODERN, way, BANDS[0]).value or 0.0):.0f}" for way in ways)
    found, called_human = (
        [later.get(IN_PROJECTS, way, band).value for way in ways] for band in (BANDS[0], BANDS[2])
    )
    return {
        "m": manifest,
        "rates": manifest["calibration"]["alone"],
        "called_human": called_human,
        "found": found,
        "few": few,
        "many": many,
        "held_out": held_out,
        "later": later,
        "joined": joined,
        "expectations": tables.expectations(held_out, later),
    }


def rendered(name: str, **values: object) -> str:
    """The template ``name`` with ``values``."""
    return _environment().get_template(name).render(values)


@cache
def _environment() -> jinja2.Environment:
    # Markdown is not escaped: its figures and names are ours. HTML is, by the filter of every text.
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
        autoescape=lambda template: bool(template and template.endswith(".html.j2")),
    )
    made.filters |= {
        "percent": percent,
        "short_percent": short_percent,
        "number": number,
        "interval": interval,
        "share_of": lambda part, whole: percent(part / whole, 0),
        "inline": inline,
        "svg": lambda picture, name: Markup(picture.on_page(name)),
    }
    return made


def inline(text: str) -> Markup:
    """``text`` as markup: escaped, with code in backquotes, emphasis in single and strong text in double asterisks."""
    found = html_line(text)
    for pattern, replacement in _INLINE:
        found = pattern.sub(replacement, found)
    return Markup(found)


def _architecture(manifest: Mapping[str, Any]) -> str:
    deep = manifest["deep"]
    if manifest["wide"] is None:
        return (
            f"An encoder with {deep['layers']} layer(s) of width {deep['dim']} over {deep['vocab_size']} tokens, "
            "trained on the labels alone. It has no n-grams."
        )
    views = ", ".join(
        f"{view['kind']} {view['min_order']}-{view['max_order']}" for view in manifest["wide"]["views"]
    )
    return f"Hashed n-grams ({views}) with one linear weight each."
