"""The books on screen and as workbooks."""
