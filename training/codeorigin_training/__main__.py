"""``python -m codeorigin_training COMMAND``."""

from codeorigin_training.cli import app

app()
