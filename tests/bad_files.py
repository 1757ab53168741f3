"""Files that must be refused as a whole, shared by the tests of jobs and of confidentiality."""

from bad_requests import CANARY
from live_jobs import csv_file
from proposal_files import parquet, xlsx

MOST_ROWS = 5_000

# Each with words of the sentence that says what is wrong.
BAD_FILES: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "empty"),
    "a header alone": (b"id,title,abstract\n", "no rows"),
    "no column of abstracts": (f"id,{CANARY}\n1,{CANARY}\n".encode(), "column for the abstract"),
    "PDF": (b"%PDF-1.7\n" + CANARY.encode(), "Send CSV"),
    "old Office": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + CANARY.encode() * 99, ".xlsx"),
    "damaged workbook": (xlsx([["id", "abstract"], ["1", CANARY]])[:-200], "workbook"),
    "damaged Parquet": (parquet({"abstract": [CANARY]})[:-20], "Parquet"),
    "broken JSON": (b'[{"abstract": "' + CANARY.encode() + b'"', "JSON"),
    "bytes of no format": (b"\x00\x01" + CANARY.encode(), "Send CSV"),
    "too many rows": (csv_file(MOST_ROWS + 1), f"{MOST_ROWS:,} rows"),
}
