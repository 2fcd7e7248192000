"""A run: from stored series and parameters to results, as one pure function, the same on every machine."""
