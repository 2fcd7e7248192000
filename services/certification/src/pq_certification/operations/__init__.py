"""What certification can do, one verb per file."""
