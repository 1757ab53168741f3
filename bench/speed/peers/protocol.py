"""What the benchmark and a reader say to each other: lines of JSON.

A reader is a process of its own, in an environment that may have no safezone, so this file needs
the standard library and NumPy only. It answers each line on standard input by one on standard
output; whatever else its libraries print goes to standard error. A question is an object with
`ask`, which names a method, and the method's arguments; the answer is what that returns.
"""

import json
import os
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

# A title, which may be empty, and an abstract.
Text = Sequence[str]
Vector = list[float]


class Reader(ABC):
    """Something that reads texts, and how long it takes and what it needs for that."""

    @abstractmethod
    def read(self, texts: Sequence[Text]) -> Any:
        """Read texts in one call. An encoder gives a vector a text, shape (texts, dimension)."""

    @abstractmethod
    def lengths(self, texts: Sequence[Text]) -> list[list[int]]:
        """How many word pieces each part has in which each text is read; special ones left out."""

    def vectors(self, texts: Sequence[Text]) -> list[Vector | None]:
        """One vector a text; None where there is none."""
        found: list[Vector | None] = np.asarray(self.read(texts)).tolist()
        return found

    def timed(self, texts: Sequence[Text], at_once: int) -> dict[str, Any]:
        """Wall seconds of each call with `at_once` texts, and CPU seconds of all together."""
        began = time.process_time()
        seconds = []
        for start in range(0, len(texts), at_once):
            call = time.perf_counter()
            self.read(texts[start : start + at_once])
            seconds.append(time.perf_counter() - call)
        return {"seconds": seconds, "cpu": time.process_time() - began}

    def memory(self) -> int:
        """The most bytes that this process had resident, libraries and mapped files included.

        Not getrusage, which begins with the memory of the process that started this one.
        """
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) * 1024


def joined(text: Text) -> str:
    """What an encoder is given that knows no titles."""
    title, abstract = text
    return f"{title}. {abstract}" if title else abstract


def serve(make: Callable[[], object]) -> None:
    """Answer questions until there are no more. `make` makes the Reader."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    reader = make()
    for line in sys.stdin:
        question = json.loads(line)
        answer = getattr(reader, question.pop("ask"))(**question)
        print(json.dumps(answer), file=answers, flush=True)
