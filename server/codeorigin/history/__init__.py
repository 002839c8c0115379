"""The functions that the commits of a repository wrote, judged commit by commit.

Nothing here knows who wrote a commit: its time and the agents that it declares are read, but no names of people.
"""
