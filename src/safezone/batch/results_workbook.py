"""The answers as an Excel workbook: a sheet to read and filter, and one that explains it."""

from collections.abc import Iterable, Iterator
from tempfile import TemporaryFile

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from safezone.assessment.flat import FlatValue
from safezone.batch.answers import ROW_COLUMNS, ROW_MEANINGS, Answer, flat_row

_CHUNK = 1 << 16
# Blue, yellow and orange that also differ in lightness, so that everybody can tell them apart, also
# in print; the level's name always stands in the cell.
_FILLS = {
    **dict.fromkeys(("safe", "low"), "#DCEBF7"),
    **dict.fromkeys(("boundary", "medium"), "#FBE7A1"),
    **dict.fromkeys(("sensitive", "high"), "#E9A27B"),
}
_WIDE = ("reasons", "safeguards", "list_pointers", "problem_detail")
# Of these, the short ones; the others would make rows as tall as the screen.
_WRAPPED = ("reasons", "problem_detail")
_VERSIONS = ("model", "taxonomy", "lists", "text", "calibration", "coverage", "policy", "encoder")
_ABOUT = (
    "These answers are a triage signal for a person, never a verdict on a proposal.",
    "'no_flag' says that no rule of the policy asks for a person; it approves nothing.",
    "Each proposal was read without knowing who proposes it. The axes are separate questions with "
    "separate remedies, never merged into one number.",
)


def workbook_chunks(answers: Iterable[Answer]) -> Iterator[bytes]:
    """The workbook's bytes. It is made in temporary files, row by row, not in memory."""
    with TemporaryFile() as file:
        with Workbook(file, {"constant_memory": True}) as workbook:
            looks = _Looks(workbook)
            versions = _write_answers(workbook.add_worksheet("Assessments"), looks, answers)
            _write_about(workbook.add_worksheet("About"), looks, versions)
        file.seek(0)
        while chunk := file.read(_CHUNK):
            yield chunk


class _Looks:
    """The formats of the cells."""

    def __init__(self, workbook: Workbook) -> None:
        def look(**properties: object) -> Format:
            return workbook.add_format({"valign": "top", **properties})

        self.header = look(bold=True, bottom=1, bg_color="#E5E7EB")
        self.plain = look()
        self.bold = look(bold=True)
        self.wrapped = look(text_wrap=True)
        self.number = look(num_format="0.00")
        self._levels = {level: look(bg_color=fill) for level, fill in _FILLS.items()}

    def of(self, column: str, value: FlatValue) -> Format:
        if column in _WRAPPED:
            return self.wrapped
        if value == "human_review":
            return self.bold
        if isinstance(value, float):
            return self.number
        return self._levels.get(str(value), self.plain)


def _write_answers(
    sheet: Worksheet, looks: _Looks, answers: Iterable[Answer]
) -> dict[str, list[FlatValue]]:
    """Fills the first sheet, and returns the versions that stand in it."""
    versions: dict[str, list[FlatValue]] = {name: [] for name in _VERSIONS}
    for column, name in enumerate(ROW_COLUMNS):
        sheet.set_column(column, column, 60 if name in _WIDE else max(12, len(name) + 4))
        sheet.write_string(0, column, name, looks.header)
    last = 0
    for last, answer in enumerate(answers, 1):
        values = flat_row(answer)
        for column, (name, value) in enumerate(values.items()):
            _write(sheet, last, column, value, looks.of(name, value))
        for name, seen in versions.items():
            if values[name] not in (None, *seen):
                seen.append(values[name])
    # The number and the id of a row stay in sight.
    sheet.freeze_panes(1, 2)
    sheet.autofilter(0, 0, last, len(ROW_COLUMNS) - 1)
    return versions


def _write(sheet: Worksheet, row: int, column: int, value: FlatValue, look: Format) -> None:
    # By type, because `write` makes formulas, links and numbers of texts that look like them.
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value, look)
    elif isinstance(value, str):
        sheet.write_string(row, column, value, look)
    elif value is not None:
        sheet.write_number(row, column, value, look)


def _write_about(sheet: Worksheet, looks: _Looks, versions: dict[str, list[FlatValue]]) -> None:
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 1, 110)
    blocks = {
        "What this is": [("", sentence) for sentence in _ABOUT],
        "Versions": [(name, ", ".join(map(str, seen))) for name, seen in versions.items()],
        "Columns": list(ROW_MEANINGS.items()),
    }
    start = 0
    for heading, lines in blocks.items():
        sheet.write_row(start, 0, (heading, ""), looks.header)
        for row, (name, text) in enumerate(lines, start + 1):
            sheet.write_string(row, 0, name, looks.bold)
            sheet.write_string(row, 1, text, looks.wrapped)
        start += len(lines) + 2
