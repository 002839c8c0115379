"""Commits, changes and blame of an untrusted repository, read with the ``git`` program.

Nothing that a repository configures is run: no hook, filter, text converter, external diff, file monitor, pager,
signature checker or transport. git never reads the files of the working tree
(:mod:`codeorigin.git.working_tree` does), and nothing is written to the repository. Author names and addresses are
read only by :mod:`codeorigin.records.commit_messages`, which does not keep them.
"""
