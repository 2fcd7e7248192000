"""What the TFP service can do, one verb per file."""
