"""Taking a source's markup and boilerplate out of a text.

Only what the sources themselves add goes; everything else is for the cleaner that training and
serving share.
"""

import html
import re

_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,200}>")
_SPACE = re.compile(r"\s+")


def plain(text: str, *boilerplate: re.Pattern[str]) -> str:
    """The text without entities, tags, runs of white space and the given patterns."""
    # Twice: sources escape what was escaped already.
    text = html.unescape(html.unescape(text))
    text = _SPACE.sub(" ", _TAG.sub(" ", text))
    for pattern in boilerplate:
        text = pattern.sub(" ", text)
    return _SPACE.sub(" ", text).strip()
