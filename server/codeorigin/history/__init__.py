"""What the commits of a repository wrote, judged commit by commit.

Nothing here knows who wrote a commit: of its people only the time is read, and the agents that it names itself.
"""
