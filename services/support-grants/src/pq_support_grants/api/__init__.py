"""HTTP in, HTTP out: one module per resource, its schemas beside its routes."""
