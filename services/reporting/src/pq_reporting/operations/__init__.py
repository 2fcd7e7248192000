"""What reporting can do: one verb per file."""
