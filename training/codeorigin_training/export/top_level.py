"""A bundle's figures on code outside of functions, as Markdown."""

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
        "## Code outside of functions",
        (
            f"Scripts, notebook cells and blocks are a unit of their own, `<module>`, from {rule['min_lines']} lines "
            f"and {rule['min_characters']} characters on. Its rule is from {data['human']:,} human-written units, among "
            f"them those of {data['packages']} packages of a distribution, and {data['llm']:,} published answers by "
            "LLMs to tasks; the model has read none of them. Packages and answers are programs of different kinds: "
            "what tells these two apart need not tell human-written from LLM-written code."
        ),
        _verdict(figures, rate),
        _promised(figures, rate),
        _ranking(figures),
        (
            "AUROC is within classes of length; published answers are those of a source that holds both classes. "
            "Units are packages, and tasks. Intervals are 90 %, by bootstrap over units."
        ),
    ]


def _verdict(figures: Mapping[str, Any], rate: str) -> str:
    told = figures["told_apart"]
    if not told:
        low, high = figures["probabilities"]
        return (
            "**The model cannot tell who wrote such code.** In no language does a threshold that calls at most "
            f"{rate} of a new package's units `llm` find surely more LLM code than it calls human code. So no unit is "
            f"called `llm` or `human`: all are `unsure`, nine in ten with probabilities of {low:.0%} to {high:.0%}."
        )
    return (
        f"At most {rate} of the human-written units of a new package are expected to be called `llm`. Only "
        f"{', '.join(told)} may be: elsewhere such a threshold does not surely find more LLM code than it calls human "
        "code, and all units are `unsure`."
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
