"""A second reference for the shipped documents: plain loops and fractions, written from their sentences."""
