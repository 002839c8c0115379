"""The model folder that the server loads: weights, manifest and card."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from codeorigin.language_id.model import BUNDLED_NAME, FORMAT, NONE, WEIGHTS, LanguageModel
from codeorigin.model.folder import MANIFEST, sealed, sha256_of
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
    write_whole(folder / MANIFEST, json.dumps(sealed(manifest), indent=1) + "\n")
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
        "A linear softmax over hashed n-grams of characters, words and word shapes, with weights of one byte each.",
        "Between C and C++, and between JavaScript and TypeScript, the grammars also count if the words leave it open.",
        f"{size / 1e6:.1f} MB. It names no language if the confidence is below {model.threshold:.2f}.",
        "The likelier of C and C++, or of JavaScript and TypeScript, is named if both together are not below it.",
        f"One text takes {measured['milliseconds']['all']['median']:.1f} ms (median, where this card was made).",
        "",
        "## Figures",
        "",
        "Measured on unseen repositories. Accuracy is the mean over the languages if it always has to answer. In",
        "*either*, an answer is also right if the text is valid in both languages by their grammars (C and C++,",
        "JavaScript and TypeScript). *Named* is the share of code with an answer that is not below it by itself,",
        "*right* the share of those that are right, *silent* the share of texts in no language without one, and ECE",
        "the expected calibration error.",
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
        "Milliseconds per text on one core of the machine that made this card, best of five runs.",
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
        "JavaScript without type annotations is also TypeScript, and much of C is also C++; the confidence is then low.",
        "It is trained on functions; for most languages, beginnings of files were generated by rules.",
        "Texts in none of the languages are partly generated, and partly files of operating systems.",
        "",
    ]
    return "\n".join(lines)


def _peers(measured: Mapping[str, Any]) -> list[str]:
    if not measured["peers"]:
        return []
    header, rows = peer_table(measured)
    return [
        "## Compared with other tools",
        "",
        PEER_NOTE,
        "",
        *(f"| {' | '.join(row)} |" for row in (header, ("---", *["--:"] * (len(header) - 1)), *rows)),
        "",
    ]
