"""What `onestop.exe` runs."""

from onestop_cli.cli import main

main()
