"""What a county tells the tool, and how its days and names are counted."""
