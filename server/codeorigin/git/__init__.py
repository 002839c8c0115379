"""Commits, changes and blame of an untrusted repository, by the ``git`` program and its plumbing alone.

Nothing that a repository configures is run: no hook, filter, text converter, external diff, file monitor, pager,
signature checker or transport, and git never reads the working tree's files (:mod:`codeorigin.git.working_tree`
does). Nothing is written to the repository. Names and addresses are not read, except by
:mod:`codeorigin.git.declared`, which keeps none.
"""
