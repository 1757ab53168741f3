"""Sentence spans, by the sentencex library (which survives bracketed numbers)."""

import sentencex


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Half-open spans of the sentences of an English text, without the white space around them.

    Together the spans hold every character that is not white space, in order.
    """
    spans = []
    for boundary in sentencex.get_sentence_boundaries("en", text):
        start, end = boundary["start_index"], boundary["end_index"]
        piece = text[start:end]
        start += len(piece) - len(piece.lstrip())
        end -= len(piece) - len(piece.rstrip())
        if start < end:
            spans.append((start, end))
    return spans
