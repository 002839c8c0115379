"""The functions that a repository held before LLMs wrote code: found, scored once, and kept."""
