"""``codeorigin check`` and ``codeorigin delta``: the commands, their rules and their formats."""
