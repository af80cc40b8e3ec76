#!/bin/sh
# Finds a Python and lets it install onestop beside this file. Nothing is fetched.
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd) || exit 1
for python in @PYTHONS@ python3; do
    if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
        exec "$python" -I "$here/app/install.py"
    fi
done
cat "$here/app/no-python-utf8.txt"
exit 1
