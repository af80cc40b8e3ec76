@"%~dp0..\..\.venv\Scripts\python.exe" -m onestop_cli %*
