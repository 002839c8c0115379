"""Source files on disk: walking folders, what is ignored, and reading what is found."""
