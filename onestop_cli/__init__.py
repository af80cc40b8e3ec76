"""onestop: quarterly one-stop settlement for county medical assistance."""

__version__ = "0.1.0"
