"""What records declare about who wrote which lines, one file a kind of record.

They are :mod:`~codeorigin.records.git_ai`, :mod:`~codeorigin.records.agent_trace`,
:mod:`~codeorigin.records.commit_messages` and :mod:`~codeorigin.records.headers`.

What is declared of a function is shown beside its estimate and is no part of it. The texts of functions that are
declared as an agent's are part of the project's reference, with which other functions are compared:
:mod:`~codeorigin.past.declared_functions` reads them, :mod:`~codeorigin.model.reference` compares.

Everything is read with git's plumbing, and no name or address of a person is kept.
"""
