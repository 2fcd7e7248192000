"""Tables of the projection and every query on them."""
