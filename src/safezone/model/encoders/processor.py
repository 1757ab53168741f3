"""What this machine's processor is good at."""

from pathlib import Path

# Instructions that multiply 8-bit integers and sum them up, as Linux calls them on x86.
_INT8_PRODUCTS = {"avx512_vnni", "avx_vnni", "amx_int8"}


def multiplies_int8(cpuinfo: Path = Path("/proc/cpuinfo")) -> bool:
    """Whether 8-bit products are several times as fast as those of floats.

    False where nothing is known: on other systems than Linux, and on other processors than x86.
    """
    try:
        lines = cpuinfo.read_text().splitlines()
    except OSError:
        return False
    flags = next((line for line in lines if line.startswith("flags")), "")
    return not _INT8_PRODUCTS.isdisjoint(flags.split())
