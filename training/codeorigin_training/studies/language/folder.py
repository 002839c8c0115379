"""The model folder that the server loads: weights, manifest and card."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from codeorigin.language_id.model import BUNDLED_NAME, FORMAT, NONE, WEIGHTS, LanguageModel
from codeorigin.model_folder import MANIFEST, sha256_of
from codeorigin_training.files import write_whole, written_whole
from codeorigin_training.studies.language.measure import PEER_NOTE, peer_table
from codeorigin_training.studies.language.views import TextPart

CARD = "README.md"


def write_folder(
    model: LanguageModel, measured: Mapping[str, Any], settings: Mapping[str, object], folder: Path
) -> None:
    """Write ``model`` to ``folder``, with ``settings`` in the manifest, and figures in both manifest and card."""
    folder.mkdir(parents=True, exist_ok=True)
    with written_whole(folder / WEIGHTS) as partial:
        np.savez_compressed(partial, weights=model.weights, scale=model.scale, bias=model.bias)
    manifest = {
        "format": FORMAT,
        "name": BUNDLED_NAME,
        "version": model.version,
        "labels": list(model.labels),
        "width": len(model.weights),
        "temperatures": {
            "bounds": list(model.temperatures.bounds),
            "values": list(model.temperatures.values),
        },
        "grammar_shifts": {name: dict(shifts) for name, shifts in model.shifts.items()},
        "threshold": model.threshold,
        "settings": dict(settings),
        "files": {WEIGHTS: sha256_of(folder / WEIGHTS)},
        "metrics": measured,
    }
    write_whole(folder / MANIFEST, json.dumps(manifest, indent=1) + "\n")
    size = (folder / WEIGHTS).stat().st_size
    write_whole(folder / CARD, card(model, measured, size))


def made_with(folder: Path) -> dict[str, object]:
    """The settings of the model in ``folder``, which :meth:`LanguageModel.load` can read."""
    settings: dict[str, object] = json.loads((folder / MANIFEST).read_bytes())["settings"]
    return settings


def card(model: LanguageModel, measured: Mapping[str, Any], size: int) -> str:
    """The model card, in Markdown; ``size`` is the size of the weights in bytes."""
    views: Mapping[str, Any] = measured["views"]
    longest = views.get(TextPart.LONG.value) or next(iter(views.values()))
    named = ", ".join(label for label in model.labels if label != NONE)
    lines = [
        f"# {BUNDLED_NAME} {model.version}",
        "",
        f"Tells which programming language a text is in, or none: {named}.",
        "A linear softmax over hashed n-grams of characters, words and words' shapes, with weights of one byte;",
        "between C and C++, and JavaScript and TypeScript, their grammars count as well where words leave it open.",
        f"{size / 1e6:.1f} MB. It names no language below a confidence of {model.threshold:.2f}.",
        f"One text takes {measured['milliseconds']['all']['median']:.1f} ms (median where this card was made).",
        "",
        "## Figures",
        "",
        "On repositories that it never saw. Accuracy is the mean over the languages, with no silence allowed; in",
        "*either* an answer is also right if the text is code of both languages by their grammars (C and C++,",
        "JavaScript and TypeScript). *Named* is the share of code whose language it names at its threshold, *right* how",
        "much of that is right, *silent* the share of texts in none of the languages that it names nothing for, ECE the",
        "expected calibration error.",
        "",
        "| Text | Accuracy | Either | Named | Right | Silent on none | ECE |",
        "|---|--:|--:|--:|--:|--:|--:|",
    ]
    for name, each in views.items():
        lines.append(
            f"| {name} | {each['accuracy']:.3f} | {each['either']:.3f} | {each['named']:.3f} | {each['right']:.3f} |"
            f" {each['none_silent']:.3f} | {each['ece']:.3f} |"
        )
    lines += [
        "",
        "F1 on functions of 10 lines or more: "
        + ", ".join(f"{name} {value:.2f}" for name, value in longest["f1"].items())
        + ".",
        "Most frequent mistakes there: "
        + ", ".join(f"{true} taken for {said} ({number})" for true, said, number in longest["confused"])
        + ".",
        "",
        *_peers(measured),
        "## Time",
        "",
        "Milliseconds a text on one core where this card was made, the least of five runs.",
        "",
        "| Text | Texts | Median | 95th percentile |",
        "|---|--:|--:|--:|",
        *(
            f"| {name} | {each['texts']:,} | {each['median']:.1f} | {each['p95']:.1f} |"
            for name, each in measured["milliseconds"].items()
        ),
        "",
        "## Limits",
        "",
        "JavaScript without type annotations is TypeScript as well, and much of C is C++: the confidence says so.",
        "It is trained on functions, with the beginnings of files made by rule for most languages.",
        "Texts in none of the languages are partly generated, partly files that come with systems.",
        "",
    ]
    return "\n".join(lines)


def _peers(measured: Mapping[str, Any]) -> list[str]:
    if not measured["peers"]:
        return []
    header, rows = peer_table(measured)
    return [
        "## Beside other tools",
        "",
        PEER_NOTE,
        "",
        *(f"| {' | '.join(row)} |" for row in (header, ("---", *["--:"] * (len(header) - 1)), *rows)),
        "",
    ]
