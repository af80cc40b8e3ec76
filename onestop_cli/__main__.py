"""`python -m onestop_cli`."""

from onestop_cli.cli import main

main()
