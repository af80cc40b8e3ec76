@"%~dp0..\onestop\onestop.exe" %*
