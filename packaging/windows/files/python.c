/* python.exe: hands its command line to the interpreter in python311.dll beside it. */
#include <windows.h>

int wmain(int count, wchar_t **words) {
    HMODULE library = LoadLibraryW(L"python311.dll");
    int (*begin)(int, wchar_t **) = library ? (void *)GetProcAddress(library, "Py_Main") : NULL;
    return begin ? begin(count, words) : 99;
}
