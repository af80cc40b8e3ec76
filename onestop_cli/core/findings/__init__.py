"""What does not agree: one catalogue of codes, and the predicates that raise them."""
