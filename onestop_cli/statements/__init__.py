"""What stands on the papers people sign and get: rows, totals and sentences, no file formats."""
