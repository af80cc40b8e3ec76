"""Settlement statements, findings, report page and letters."""
