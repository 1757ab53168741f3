"""From a caller's title and abstract to the sentences that the model reads."""

from dataclasses import dataclass

from safezone.text.aligned import AlignedText, Edit
from safezone.text.cleaner import clean
from safezone.text.identities import IdentityKind, find_identities
from safezone.text.sentences import sentence_spans
from safezone.text.spelling import find_spellings

# One neutral word a kind, so that the sentence around it still reads as a sentence.
PLACEHOLDERS = {
    IdentityKind.PLACE: "somewhere",
    IdentityKind.PERSON: "someone",
    IdentityKind.INSTITUTION: "institution",
    # Not nothing, which could join the words on either side.
    IdentityKind.CONTACT: " ",
    IdentityKind.AWARD: " ",
    IdentityKind.MONEY: "money",
}


@dataclass(frozen=True, slots=True)
class Sentence:
    """A neutralised sentence; `start` and `end` are offsets into the caller's field."""

    field: str
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class PreparedText:
    """What the model reads: sentences of the title, then of the abstract."""

    sentences: tuple[Sentence, ...]

    @property
    def text(self) -> str:
        """All sentences, one space between."""
        return " ".join(sentence.text for sentence in self.sentences)


def neutralise(aligned: AlignedText) -> AlignedText:
    """The text with every identity replaced by the placeholder of its kind, in one spelling."""
    anonymous = aligned.edited(
        Edit(found.start, found.end, PLACEHOLDERS[found.kind])
        for found in find_identities(aligned.text)
    )
    return anonymous.edited(find_spellings(anonymous.text))


def prepare(title: str, abstract: str) -> PreparedText:
    """Clean, neutralise and split a proposal's texts."""
    sentences = []
    for field, source in (("title", title), ("abstract", abstract)):
        neutral = neutralise(clean(source))
        for start, end in sentence_spans(neutral.text):
            low, high = neutral.source_span(start, end)
            sentences.append(Sentence(field, neutral.text[start:end], low, high))
    return PreparedText(tuple(sentences))
