"""How much of a packed file is read: a few kilobytes can unpack to more than a machine holds."""

from safezone.errors import InvalidInputFile

# Bytes, and for a workbook also characters in cells: ten thousand proposals with everything around
# them take a tenth of it.
MOST_UNPACKED = 256 << 20


def too_large() -> InvalidInputFile:
    """The error for a file that unpacks to more."""
    return InvalidInputFile(
        f"The file unpacks to more than {MOST_UNPACKED >> 20} MB, or far more than its size lets "
        "expect. Send the sheet with the proposals alone, in several files, or as CSV."
    )
