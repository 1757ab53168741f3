"""NSF Award Search Web API: https://resources.research.gov/common/webapi/awardapisearch-v1.htm"""

import re
from collections.abc import Iterator, Sequence

from safezone.corpus.sources.markup import plain
from safezone.corpus.sources.port import FetchedText, Wanted, text_of, unexpected
from safezone.corpus.web import Web

# The sentence that every recent abstract ends with, in both of its wordings.
_STATUTORY = re.compile(
    r"This award reflects NSF'?s statutory mission and has been deemed worthy of support through "
    r"evaluation using the Foundation'?s intellectual merit and broader impacts review criteria\.?"
)


class Nsf:
    """One request an award: the API takes one award number at a time."""

    name = "nsf"
    url = "https://api.nsf.gov/services/v1"
    pause = 1.0

    def fetch(self, web: Web, url: str, wanted: Sequence[Wanted]) -> Iterator[list[FetchedText]]:
        for record in wanted:
            address = f"{url}/awards.json"
            answer = web.get(
                address, {"id": record.identifier, "printFields": "id,title,abstractText"}
            )
            try:
                # A number that is unknown is answered with a notice in place of awards.
                awards = answer.json()["response"].get("award", [])
                found = [award for award in awards if award["id"] == record.identifier]
                yield [
                    FetchedText(
                        record.identifier,
                        plain(text_of(award, "title")),
                        plain(text_of(award, "abstractText"), _STATUTORY),
                    )
                    for award in found[:1]
                ]
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise unexpected(address, error) from error
