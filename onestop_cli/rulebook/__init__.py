"""Rule documents: their language, their terms, and the proof that they are whole."""
