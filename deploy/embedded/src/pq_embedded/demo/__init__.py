"""A synthetic year and its outline before and after: pure data made from one seed, then sent like any client would."""
