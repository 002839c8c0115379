"""A bundle's figures on code outside functions, as Markdown."""

from collections.abc import Mapping
from typing import Any

from codeorigin_training.export.tables import short_percent

_HUMAN = {"distribution": "packages", "published": "published answers"}


def top_level_sections(manifest: Mapping[str, Any]) -> list[str]:
    """Markdown blocks with a heading; empty for a bundle without a rule for such code or without its figures."""
    rule, figures = manifest["calibration"].get("top_level"), manifest["metrics"].get("top_level")
    if rule is None or figures is None:
        return []
    data, rate = manifest["data"]["top_level"], short_percent(rule["false_positive_rate"])
    return [
        "## Code outside functions",
        (
            "In scripts, notebook cells and code blocks, the code outside functions is one unit, `<module>`, if it "
            f"has at least {rule['min_lines']} lines and {rule['min_characters']} characters. Its rule is fitted on "
            f"{data['human']:,} human-written units, including those of {data['packages']} packages of a "
            f"distribution, and {data['llm']:,} published answers of LLMs to tasks; the model was trained on none of "
            "them. Packages and answers are different kinds of programs, so what separates these two need not "
            "separate human-written from LLM-written code."
        ),
        _verdict(figures, rate),
        _promised(figures, rate),
        _ranking(figures),
        (
            "AUROC is computed within classes of length. The published answers are those of a source that has both "
            "classes. Units are packages and tasks. Intervals are 90 %, by bootstrap over units."
        ),
    ]


def _verdict(figures: Mapping[str, Any], rate: str) -> str:
    told = figures["told_apart"]
    if not told:
        low, high = figures["probabilities"]
        return (
            f"**The model cannot tell who wrote such code.** In no language does a threshold that calls at most {rate} "
            "of a new package's units `llm` flag a clearly larger share of LLM code than of human code. So no unit "
            f"is called `llm` or `human`: all are `unsure`, nine out of ten with probabilities between {low:.0%} and "
            f"{high:.0%}."
        )
    return (
        f"At most {rate} of the human-written units of a new package are expected to be called `llm`. Only "
        f"{', '.join(told)} may be: in other languages such a threshold does not flag a clearly larger share of LLM "
        "code than of human code, and all units are `unsure`."
    )


def _promised(figures: Mapping[str, Any], rate: str) -> str:
    """Markdown table of what thresholds would call ``llm`` and what the rule does, on units not fitted on."""
    would, does = figures["promised"], figures["false_positives"]
    lines = [
        f"| called `llm` | | by a threshold for {rate} | by the rule |",
        "|---|---|---|---|",
    ]
    rules = {(cell["population"], cell["language"]): cell for cell in does["cells"]}
    for cell in would["cells"]:
        if cell["group"] == "all":
            where = cell["population"], cell["language"]
            kind = f"human, {_HUMAN[cell['population']]}"
            lines.append(f"| {kind} | {cell['language']} | {_share(cell)} | {_share(rules[where])} |")
    for language, found in would["found"].items():
        lines.append(f"| LLM | {language} | {_share(found)} | {_share(does['found'][language])} |")
    return "\n".join(lines)


def _ranking(figures: Mapping[str, Any]) -> str:
    lines = ["| LLM against human | AUROC | LLM units | human units |", "|---|---|---|---|"]
    lines += [
        f"| {each['language']}, {_HUMAN[each['human']]} | {_ranked(each)} |" for each in figures["languages"]
    ]
    lines += [
        f"| {each['lines']} lines, published answers | {_ranked(each)} |" for each in figures["lengths"]
    ]
    return "\n".join(lines)


def _ranked(each: Mapping[str, Any]) -> str:
    low, high = each["auroc_interval_90"]
    return f"{each['auroc']:.2f} ({low:.2f}-{high:.2f}) | {each['llm_units']} | {each['human_units']}"


def _share(cell: Mapping[str, Any]) -> str:
    low, high = cell["interval_90"]
    return f"{short_percent(cell['share'])} ({short_percent(low)}-{short_percent(high)}; {cell['repositories']} units)"
