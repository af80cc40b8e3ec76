"""A comparison of rules on screen, page and paper."""
