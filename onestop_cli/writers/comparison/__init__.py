"""Two runs beside each other, on screen and as a workbook."""
