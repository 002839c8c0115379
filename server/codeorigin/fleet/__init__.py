"""Scans of many repositories: units of work, engines that run them on one or more machines, and a result folder."""
