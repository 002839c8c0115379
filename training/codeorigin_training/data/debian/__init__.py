"""Source packages of a Linux distribution as human code with a known date: download, archives, functions."""
