"""Readers, each of which turns one kind of source into :class:`~codeorigin_training.data.rows.Row`."""
