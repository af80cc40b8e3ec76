/* ProcessPrng, which newer programs ask for and Wine 8 has not: RtlGenRandom under its exported name does the same. */
#include <windows.h>

BOOLEAN NTAPI SystemFunction036(void *buffer, ULONG length);

__declspec(dllexport) BOOL WINAPI ProcessPrng(BYTE *buffer, SIZE_T length) {
    const SIZE_T most = 1 << 20;
    for (SIZE_T done = 0; done < length; done += most) {
        SIZE_T left = length - done;
        if (!SystemFunction036(buffer + done, (ULONG)(left < most ? left : most))) return FALSE;
    }
    return TRUE;
}
