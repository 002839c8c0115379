"""The page's section on functions in their files."""

from codeorigin_training.evaluate.page.components import heading, note, section, table
from codeorigin_training.evaluate.page.wording import SHORT, interval, percent, percent_interval
from codeorigin_training.evaluate.report import InFilesReport


def in_files_section(found: InFilesReport | None) -> str:
    """The effect of a function's neighbours on its verdict."""
    if found is None:
        return ""
    ranked = [
        [
            f"{SHORT.get(row.name, row.title)}; {row.files}",
            interval(row.alone.auroc),
            interval(row.in_file.auroc),
            interval(row.gain),
            percent_interval(row.alone.tpr_at_1),
            percent_interval(row.in_file.tpr_at_1),
        ]
        for row in found.rows
    ]
    judged = [
        [
            f"{each.files}; {way}",
            f"{each.functions:,}",
            percent_interval(rates.old),
            percent_interval(rates.modern),
            percent_interval(rates.found),
            percent_interval(rates.unsure),
        ]
        for each in found.rates
        for way, rates in (("by their own text", each.alone), ("in their files", each.in_file))
    ]
    return section(
        "Functions in their files",
        note(
            "An editor has the whole file, and most files have one author, so the other functions of the file "
            f"influence a function's verdict. Of {found.functions:,} functions, {percent(found.heard, 0)} have "
            "neighbours in the corpus, which holds a sample of a file's functions. Files of the corpus hardly mix "
            "people and LLMs, but real files do; the second block mixes them artificially, so that neighbours "
            "mislead. Figures for all functions are from the model's manifest; the gain is that of the functions "
            "drawn for this report."
        ),
        table(
            [
                "functions; files",
                "AUROC by own text",
                "AUROC in the file",
                "gain",
                "found at 1 % FP by own text",
                "found at 1 % FP in the file",
            ],
            ranked,
        ),
        heading("At the shipped thresholds"),
        table(
            [
                "files; functions",
                "functions",
                "human before mid-2021 called llm",
                "human 2021-07 to 2022-11 called llm",
                "LLM called llm",
                "unsure",
            ],
            judged,
        ),
    )
