"""What `onestop clearing` shows and writes."""
