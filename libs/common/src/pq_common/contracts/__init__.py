"""Shapes of events, one module per publisher, and nothing else."""
