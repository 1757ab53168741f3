"""The program that unpacks an Excel workbook, apart from the service and with limits of its own.

The library lays a sheet out as a full rectangle in memory: a file of two kilobytes, with cells in
two opposite corners of its sheet, makes it ask for 512 GB and takes its process down with it. Run
with the workbook's path, it prints one JSON list for each row of the visible sheets: the number of
the sheet, then the cells. It imports nothing of the package, to start at once.
"""

import datetime
import json
import sys
from contextlib import suppress
from pathlib import Path

from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

_MEMORY = 2 << 30
_SECONDS = 120


def _limit_itself() -> None:
    # There is no such module on Windows.
    with suppress(ImportError):
        import resource  # noqa: PLC0415

        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _text(value: object) -> str:
    # A day is a time at midnight.
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    return str(value)


def _print_rows(path: Path) -> None:
    # By content: with a path, the library would go by the name's ending.
    with path.open("rb") as file:
        workbook = CalamineWorkbook.from_filelike(file)
    for number, sheet in enumerate(workbook.sheets_metadata):
        if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible:
            for row in workbook.get_sheet_by_name(sheet.name).iter_rows():
                sys.stdout.write(json.dumps([number, *row], default=_text) + "\n")


if __name__ == "__main__":
    _limit_itself()
    _print_rows(Path(sys.argv[1]))
