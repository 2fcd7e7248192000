"""What the registry can do, one verb per file."""
