"""What commands without papers of their own say on the screen."""
