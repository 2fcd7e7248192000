"""The rules of judging: what a clause asks, what was done, and what may be said about it on one day."""
