"""Tables and queries, nothing else."""
