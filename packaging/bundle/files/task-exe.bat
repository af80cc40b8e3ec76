@echo off
rem ASCII only: a batch file is read in whatever code page the console has. Chinese comes from the program.
setlocal
"%~dp0..\app\onestop\onestop.exe" --task @TASK@ "%~dp0.." %*
set "RESULT=%ERRORLEVEL%"
pause
exit /b %RESULT%
