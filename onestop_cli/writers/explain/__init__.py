"""One stay on screen, page and paper."""
