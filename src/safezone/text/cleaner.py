"""The one text cleaner, used alike in training and in serving.

It removes what a reader cannot see and evens out what a reader does not notice: compatibility
forms (ligatures, full-width letters), letters that only look like others, words in spaced letters,
invisible and control characters, markup left over from web forms and LaTeX, and runs of white
space. It never changes what a person reads.
"""

import html
import re
import unicodedata
from collections.abc import Callable

from safezone.text.aligned import AlignedText, Edit
from safezone.text.disguises import find_disguises
from safezone.text.latex import DEPTH, find_latex

# Raised whenever cleaning, neutralising or splitting changes: a model is only used with the text
# version that it was trained under.
TEXT_VERSION = "3"

# A base character with its combining marks: the smallest unit that can be normalised alone.
# Bounded, because putting a run of marks in order takes the square of its length.
_NON_ASCII = re.compile(r"[^\x00-\x7f][\u0300-\u036f]{0,9}|[\x00-\x7f][\u0300-\u036f]{1,9}")
# Fillers, selectors and joiners that are shown as nothing, beyond the categories in _normalise.
_IGNORABLE = re.compile(
    r"[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0000-\U000e0fff]"
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
# Only tags that web forms and bibliographic databases produce; 'p < 0.05 and q > 1' is no tag.
_ATTRIBUTES = (
    r"""(?:\s+[\w:-]{1,40}\s?=\s?(?:"[^"<>]{0,300}"|'[^'<>]{0,300}'|[\w#:-]{1,80})){0,9}"""
)
_INLINE_TAG = re.compile(
    rf"</?(?:b|i|u|s|em|strong|sub|sup|span|a|font|wbr|small|big|tt|mark|code|jats:(?:bold|italic|sub|sup)){_ATTRIBUTES}\s?/?>",
    re.IGNORECASE,
)
_BLOCK_TAG = re.compile(
    rf"</?(?:p|br|ul|ol|li|div|h[1-6]|jats:[a-z]{{1,20}}){_ATTRIBUTES}\s?/?>", re.IGNORECASE
)
_COMMENT = re.compile(r"<!--[^<>]{0,300}-->")
# 'r a d a r': five letters at least, since four may be the names of four things.
_SPACED_WORD = re.compile(r"(?<![^\s(\[\"'])[A-Za-z](?: [A-Za-z]){4,60}(?![^\s.,;:!?)\]\"'-])")
# A single space between two words is found and passed over in one step.
_SPACE = re.compile(r"\s(?:\s+|(?<=[^ ])|(?<=\A )|\Z)")


def _unescape(match: re.Match[str]) -> str:
    return html.unescape(match[0])


def _normalise(match: re.Match[str]) -> str:
    return "".join(
        character
        for character in unicodedata.normalize("NFKC", match[0])
        # Cf: zero-width, soft hyphen, direction marks; Cs: lone surrogates; Co, Cn: no character
        if unicodedata.category(character) not in ("Cf", "Cs", "Co", "Cn")
    )


def _nothing(_: re.Match[str]) -> str:
    return ""


def _space(_: re.Match[str]) -> str:
    return " "


def _joined(match: re.Match[str]) -> str:
    return match[0].replace(" ", "")


def _collapse(match: re.Match[str]) -> str:
    at_edge = match.start() == 0 or match.end() == len(match.string)
    return "" if at_edge else " "


_STEPS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (_ENTITY, _unescape),
    (_COMMENT, _nothing),
    (_INLINE_TAG, _nothing),
    (_BLOCK_TAG, _space),
    (_IGNORABLE, _nothing),
    (_NON_ASCII, _normalise),
    (re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]"), _space),
    (_SPACED_WORD, _joined),
    (_SPACE, _collapse),
)
# These find nothing in a text of ASCII, and are slow to.
_BEYOND_ASCII = (_IGNORABLE, _NON_ASCII)


def clean(source: str) -> AlignedText:
    """The cleaned text, aligned with its source. Linear in the length of the source."""
    aligned = AlignedText.of(source)
    for _ in range(DEPTH):
        aligned = aligned.edited(find_latex(aligned.text))
    for pattern, replacement in _STEPS:
        if pattern in _BEYOND_ASCII and aligned.text.isascii():
            continue
        edits = [
            Edit(match.start(), match.end(), new)
            for match in pattern.finditer(aligned.text)
            if (new := replacement(match)) != match[0]
        ]
        aligned = aligned.edited(edits)
    return aligned.edited(find_disguises(aligned.text))
