"""English words that carry no meaning of their own."""

from safezone.swaps.lists import read_lines

# Scikit-learn's list as a file of our own: importing the library for it would take a second of
# every start.
STOP_WORDS = frozenset(read_lines("safezone.swaps", "stop_words.txt"))
