"""The papers of an inspection."""
