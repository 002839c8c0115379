"""``codeorigin check``: the command, its rules and its formats."""
