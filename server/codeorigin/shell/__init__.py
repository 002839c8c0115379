"""What every command uses of its shell: options, streams, reports, progress and exit codes."""
