"""What records say about who wrote which lines: facts about records, never part of an estimate.

One file a kind of record: :mod:`~codeorigin.records.git_ai`, :mod:`~codeorigin.records.agent_trace`,
:mod:`~codeorigin.records.commit_messages`.
Everything is read with git's plumbing, and no name or address of a person is kept.
"""
