"""Fixtures and suites for tests; programs never import this."""
