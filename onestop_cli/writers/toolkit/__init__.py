"""What every paper is made with: workbooks, tables, pages, screens, folders."""
