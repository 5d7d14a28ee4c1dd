"""What every package uses: errors, files, processes, and what a result says of itself."""
