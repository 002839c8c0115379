"""Documents -> reports: the analyzer and its caches."""
