"""Commits, changes and blame of an untrusted repository, by the ``git`` program and its plumbing alone.

Nothing that a repository says is run: no hook, filter, text converter, external diff, file monitor, pager, signature
checker or transport, and git never reads the working tree's files (:mod:`codeorigin.git.working_tree` does). Nothing
is written to the repository. Names and addresses of people are not read, but for :mod:`codeorigin.git.declared`,
which keeps none.
"""
