"""The histories of many repositories, judged on the machines of a Ray cluster or on this one."""
