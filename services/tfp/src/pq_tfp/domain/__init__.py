"""The engines and their guards: pure, on numpy arrays; formulas with their sources."""
