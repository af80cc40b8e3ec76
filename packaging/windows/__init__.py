"""Windows without a Windows computer: a Windows Python under Wine, the suite run by it, `onestop.exe` made by it."""
