"""HTML for people: one module per page. They read the same picture as the API and carry no rule of their own."""
