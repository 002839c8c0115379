"""Functions -> raw logits."""
