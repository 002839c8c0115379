"""The windows of functions, in batches of similar length."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from codeorigin.model.scoring.features import Features

BATCH_TOKENS = 4096
"""Most tokens per batch, including padding; a single window may be longer."""

BATCH_FEATURES = 1 << 18
"""Most n-gram features per batch; a single function may have more."""


@dataclass(frozen=True, slots=True)
class WindowRow:
    """One window of one function; a function without tokens has one empty row."""

    function: int
    start: int
    stop: int
    weight: float
    first: bool


def batches(features: Sequence[Features]) -> Iterator[list[WindowRow]]:
    """The windows of all functions in batches, shortest first to keep padding low."""
    rows: list[WindowRow] = []
    for index, item in enumerate(features):
        if item.windows and item.encoding is not None:
            rows += [
                WindowRow(index, window.start, window.stop, window.weight, first=number == 0)
                for number, window in enumerate(item.windows)
            ]
        else:
            rows.append(WindowRow(index, 0, 0, 0.0, first=True))
    rows.sort(key=lambda row: row.stop - row.start)
    batch: list[WindowRow] = []
    feature_count = 0
    for row in rows:
        wide = features[row.function].wide if row.first else None
        new_features = 0 if wide is None else len(wide.ids)
        # Rows are sorted, so this row's length is the batch's.
        tokens = (len(batch) + 1) * max(1, row.stop - row.start)
        if batch and (tokens > BATCH_TOKENS or feature_count + new_features > BATCH_FEATURES):
            yield batch
            batch, feature_count = [], 0
        batch.append(row)
        feature_count += new_features
    if batch:
        yield batch
