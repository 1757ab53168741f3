"""NIH RePORTER API, version 2: https://api.reporter.nih.gov"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from safezone.corpus.sources.markup import plain
from safezone.corpus.sources.port import FetchedText, Wanted, batches, text_of, unexpected
from safezone.corpus.web import Web

_BATCH = 50
_PAGE = 500  # the most that the API gives at once
# How abstracts pasted out of a form begin. A bare word is no heading: 'Abstract thinking …'.
_HEADINGS = re.compile(
    r"^(?:(?:DESCRIPTION|Description)?\s*\((?i:provided by (?:the )?(?:applicant|candidate))\)\s*:?"
    r"|(?:DESCRIPTION|Description)\s*:"
    r"|(?:PROJECT SUMMARY|Project Summary)(?:\s*/\s*(?:ABSTRACT|Abstract))?\s*:?"
    r"|(?:PROJECT |Project )?(?:ABSTRACT|Abstract)\s*:)\s*"
)
_SUBPROJECT = re.compile(r"^(?P<project>.+-\d{2}(?:[A-Z]\d)*)-(?P<subproject>\d{4})$")
_FIELDS = ["ApplId", "SubprojectId", "ProjectNum", "ProjectTitle", "AbstractText"]


class Nih:
    """Fifty projects a request, by application number or by project number.

    An identifier is an application number (`9017905`), a project number (`5R01DK032493-35`), or a
    project number with that of a subproject (`5M01RR000052-45-8749`).
    """

    name = "nih"
    url = "https://api.reporter.nih.gov/v2"
    pause = 1.1

    def fetch(self, web: Web, url: str, wanted: Sequence[Wanted]) -> Iterator[list[FetchedText]]:
        identifiers = [record.identifier for record in wanted]
        applications = [number for number in identifiers if number.isdigit()]
        projects = [number for number in identifiers if not number.isdigit()]
        for asked in batches(applications, _BATCH):
            yield from self._search(
                web, url, {"appl_ids": [int(number) for number in asked]}, set(asked)
            )
        for asked in batches(projects, _BATCH):
            numbers = sorted({_split(number)[0] for number in asked})
            yield from self._search(web, url, {"project_nums": numbers}, set(asked))

    def _search(
        self, web: Web, url: str, criteria: dict[str, Any], asked: set[str]
    ) -> Iterator[list[FetchedText]]:
        address = f"{url}/projects/search"
        offset = 0
        while True:
            answer = web.post(
                address,
                {
                    "criteria": criteria,
                    "include_fields": _FIELDS,
                    "offset": offset,
                    "limit": _PAGE,
                },
            )
            try:
                body = answer.json()
                results, total = body["results"], int(body["meta"]["total"])
                found = [(identifier, row) for row in results for identifier in _names(row) & asked]
                yield [
                    FetchedText(
                        identifier,
                        plain(text_of(row, "project_title")),
                        plain(text_of(row, "abstract_text"), _HEADINGS),
                    )
                    for identifier, row in found
                ]
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise unexpected(address, error) from error
            offset += _PAGE
            if not results or offset >= total:
                return


def _split(identifier: str) -> tuple[str, str | None]:
    match = _SUBPROJECT.match(identifier)
    return (match["project"], match["subproject"]) if match else (identifier, None)


def _names(row: dict[str, Any]) -> set[str]:
    """Every identifier under which the row may have been asked for."""
    project, subproject = row["project_num"], row.get("subproject_id")
    return {str(row["appl_id"]), f"{project}-{subproject}" if subproject else project}
