"""``codeorigin delta``: compares two reports, writes the result, and returns an exit code for scripts."""

from functools import partial

from codeorigin.check.delta import compare, read_functions
from codeorigin.check.formats.delta import write_delta
from codeorigin.check.options import DeltaOptions
from codeorigin.cli.exit_codes import ExitCode
from codeorigin.cli.output import open_reports


def run_delta(options: DeltaOptions) -> int:
    """Compare, write the comparisons, and return the exit code."""
    with open_reports(options.targets) as reports:
        delta = compare(
            read_functions(options.old), read_functions(options.new), every_change=options.every_change
        )
        for report in reports:
            report.finish(partial(write_delta, delta, report.format, report.stream))
    return ExitCode.FINDINGS if delta.new_findings else ExitCode.OK
