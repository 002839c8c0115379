"""Many repositories: units of work, engines that do it on one machine or many, and a folder that keeps the results."""
