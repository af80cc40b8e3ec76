"""Public lists as pages, workbooks, PDF and site."""
