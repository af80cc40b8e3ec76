"""三级公示: what may stand on which public list, and around it."""
