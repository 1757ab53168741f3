"""Entries of public lists that may be worth looking at, with the sentences that suggest them."""

from collections.abc import Sequence

from safezone.assessment.types import ListPointer
from safezone.taxonomy.crosswalk import Crosswalk
from safezone.text.prepare import Sentence


def list_pointers(
    crosswalk: Crosswalk, areas: Sequence[str], sentences: Sequence[Sentence]
) -> tuple[ListPointer, ...]:
    """The crosswalk's pointers for a text, in the order of the lists."""
    found = []
    for pointer in crosswalk.pointers(areas, [sentence.text for sentence in sentences]):
        public = crosswalk.public_list(pointer.entry.list_id)
        at = None if pointer.sentence is None else sentences[pointer.sentence]
        found.append(
            ListPointer(
                list=public.name,
                version=public.version,
                kind=public.kind,
                entry=pointer.entry.key,
                name=pointer.entry.name,
                by=pointer.by,
                because=pointer.because,
                certain=pointer.certain,
                field=at.field if at else None,
                start=at.start if at else None,
                end=at.end if at else None,
            )
        )
    return tuple(found)
