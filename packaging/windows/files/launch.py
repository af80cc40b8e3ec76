"""What `onestop.exe` runs. A worker of its own needs no commands, and is up before they would be."""

import sys

if sys.argv[1:] == ["--onestop-worker"]:
    from onestop_cli.workers.serve import serve

    serve()
else:
    from onestop_cli.cli import main

    main()
