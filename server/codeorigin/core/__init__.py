"""What every room uses: errors, cancellation, processes, and the limits of a run."""
