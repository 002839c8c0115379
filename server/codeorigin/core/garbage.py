"""How often Python looks for objects that only refer to each other."""

import gc


def collect_seldom() -> None:
    """Look rarely: most objects stay, modules and reports alike, and to look again takes a twentieth of a check."""
    gc.set_threshold(50_000, 20, 20)
