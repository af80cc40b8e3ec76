@echo off
setlocal
if not exist "%~dp0..\.venv\Scripts\python.exe" goto missing
"%~dp0..\.venv\Scripts\python.exe" -m onestop_cli.commands.guided @TASK@ "%~dp0.." %*
set "RESULT=%ERRORLEVEL%"
pause
exit /b %RESULT%

:missing
chcp 936 >nul
type "%~dp0..\app\not-installed.txt"
pause
exit /b 1
