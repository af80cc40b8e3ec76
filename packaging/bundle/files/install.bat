@echo off
rem ASCII only: a batch file is read in whatever code page the console has. Chinese comes from Python.
setlocal
set "FOUND="
for %%V in (@PYTHONS@) do if not defined FOUND call :try py -%%V
if not defined FOUND call :try python
if defined FOUND goto found
chcp 936 >nul
type "%~dp0app\no-python.txt"
pause
exit /b 1

:try
%* -c "import sys; sys.exit(sys.version_info < (3, 11))" >nul 2>nul
if "%ERRORLEVEL%"=="0" set "FOUND=%*"
exit /b 0

:found
%FOUND% -I "%~dp0app\install.py"
set "RESULT=%ERRORLEVEL%"
pause
exit /b %RESULT%
