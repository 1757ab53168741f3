"""Taking a source's markup and boilerplate out of a text.

Only what the sources themselves add goes; everything else is for the cleaner that training and
serving share.
"""

import html
import re

# Known tags only: 'n<N and m>3' is no markup. Those within a word leave no space: CO<sub>2</sub>.
_INLINE = re.compile(r"</?(?:a|b|em|i|span|strong|sub|sup|u)(?:\s[^<>]*)?>", re.IGNORECASE)
_BLOCK = re.compile(r"</?(?:br|div|h[1-6]|li|ol|p|ul)(?:\s[^<>]*)?/?>", re.IGNORECASE)
_SPACE = re.compile(r"\s+")


def plain(text: str, *boilerplate: re.Pattern[str]) -> str:
    """The text without entities, tags, runs of white space and the given patterns."""
    # Twice: sources escape what was escaped already.
    text = html.unescape(html.unescape(text))
    text = _SPACE.sub(" ", _BLOCK.sub(" ", _INLINE.sub("", text)))
    for pattern in boilerplate:
        text = pattern.sub(" ", text)
    return _SPACE.sub(" ", text).strip()
