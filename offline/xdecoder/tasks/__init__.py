"""Tasks on top of a runtime: each a combination of its roles, one a file (spec section 7)."""
