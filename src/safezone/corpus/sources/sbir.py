"""SBIR.gov award API: https://www.sbir.gov/api/awards"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from safezone.corpus.sources.markup import plain
from safezone.corpus.sources.port import FetchedText, Wanted, text_of, unexpected
from safezone.corpus.web import Web

_PAGE = 1000
_SEARCHED_BY = ("agency_tracking_number", "contract")


class Sbir:
    """The API finds awards by year but not by number, so the years wanted are read through.

    Both phases of a project can share a tracking number, so all texts of a number are given. A
    record whose year is not known cannot be found.
    """

    name = "sbir"
    url = "https://api.www.sbir.gov/public/api"
    pause = 2.0

    def fetch(self, web: Web, url: str, wanted: Sequence[Wanted]) -> Iterator[list[FetchedText]]:
        by_year: dict[int, set[str]] = defaultdict(set)
        for record in wanted:
            if record.year is not None:
                by_year[record.year].add(record.identifier)
        for year, numbers in sorted(by_year.items()):
            yield from self._read_year(web, url, year, numbers)

    def _read_year(
        self, web: Web, url: str, year: int, wanted: set[str]
    ) -> Iterator[list[FetchedText]]:
        address = f"{url}/awards"
        start = 0
        while True:
            answer = web.get(address, {"year": year, "start": start, "rows": _PAGE})
            try:
                rows = answer.json()
                if start and isinstance(rows, dict):
                    return  # beyond the last award there may be a notice in place of a list
                if not isinstance(rows, list):
                    raise TypeError
                found = [(number, row) for row in rows for number in _numbers(row) & wanted]
            except (ValueError, TypeError, AttributeError) as error:
                raise unexpected(address, error) from error
            yield [
                FetchedText(
                    number, plain(text_of(row, "award_title")), plain(text_of(row, "abstract"))
                )
                for number, row in found
            ]
            start += len(rows)
            if not rows:
                return


def _numbers(row: dict[str, Any]) -> set[str]:
    return {text_of(row, key).strip() for key in _SEARCHED_BY}
