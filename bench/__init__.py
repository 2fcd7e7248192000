"""What the house costs beside the raw path, measured in one run (``bench/README.md``)."""
