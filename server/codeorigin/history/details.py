"""The code of the functions that stand out, with the evidence of each line."""

from functools import partial

from codeorigin.analysis.analyzer import Analyzer
from codeorigin.analysis.judged import How, Source
from codeorigin.analysis.judged_files import judged_files
from codeorigin.functions.function_lines import function_lines
from codeorigin.git.objects import Objects
from codeorigin.history.judge_commits import LONGEST_NAME, read_blob
from codeorigin.history.results import TouchedFunction
from codeorigin.languages.kinds import kind_for_path
from codeorigin.report.code import MOST_LINES, HeatLine, syntax_of


def code_of(function: TouchedFunction, objects: Objects, analyzer: Analyzer) -> tuple[HeatLine, ...]:
    """The first lines of the function, with their evidence; none if it is not found.

    Raises:
        RepositoryError: the file is damaged or not in this clone.
    """
    kind = kind_for_path(function.path)
    if kind is None:
        return ()
    read = partial(read_blob, objects, function.blob, function.path)
    source = Source(function.path, kind.id, read, changed=function.changed)
    for file in judged_files([source], analyzer, How(keep_text=True)):
        for found in file.functions:
            whole = found.lines
            if (
                file.text is None
                or whole is None
                or (whole.first, whole.last) != (function.first, function.last)
            ):
                continue
            if found.span.qualified_name[:LONGEST_NAME] != function.name:
                continue
            (place,) = function_lines(file.text, [found.span])
            explanation = analyzer.explain(file.text, found.span, function_id=found.function_id)
            # In explanations, a lone carriage return also ends a line.
            shift = place.first - found.span.range.start_line
            values = {line.line + shift: line.value for line in explanation.lines}
            lines = file.text.split("\n")[place.first - 1 : place.last][:MOST_LINES]
            texts = [text.rstrip("\r") for text in lines]
            return tuple(
                HeatLine(
                    shown := number if file.cell is None else file.cell.line(number),
                    text,
                    values.get(number, 0.0),
                    any(low <= shown <= high for low, high in function.changed),
                    syntax,
                )
                for number, (text, syntax) in enumerate(
                    zip(texts, syntax_of(texts, found.span.language), strict=True), place.first
                )
            )
    return ()
