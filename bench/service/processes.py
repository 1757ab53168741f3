"""What a server's processes use, as Linux tells it under /proc."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
# Positions in /proc/PID/stat after the name, which may itself hold blanks and brackets.
_SESSION, _USER, _SYSTEM, _THREADS, _RESIDENT = 3, 11, 12, 17, 21
# Positions in the first line of /proc/stat: user, nice, system, irq and softirq time.
_BUSY = (1, 2, 3, 6, 7)


@dataclass(frozen=True, slots=True)
class Usage:
    """Of all processes of one session together: bytes of resident memory, of which pages that
    several share count for each, threads, open files, and CPU seconds since they began.
    """

    memory: int
    threads: int
    files: int
    cpu: float


def usage(session: int) -> Usage:
    """What the processes use that a session's leader has started, and the leader itself."""
    found = list(_processes(session))
    return Usage(
        memory=sum(int(stat[_RESIDENT]) * _PAGE for _, stat in found),
        threads=sum(int(stat[_THREADS]) for _, stat in found),
        files=sum(_open_files(process) for process, _ in found),
        cpu=sum((int(stat[_USER]) + int(stat[_SYSTEM])) / _TICKS for _, stat in found),
    )


def busy() -> float:
    """CPU seconds that anything on this machine has used since it began."""
    ticks = Path("/proc/stat").read_text(encoding="ascii").splitlines()[0].split()
    return sum(int(ticks[position]) for position in _BUSY) / _TICKS


def _processes(session: int) -> Iterator[tuple[Path, list[str]]]:
    for process in Path("/proc").iterdir():
        if not process.name.isdigit():
            continue
        try:
            text = (process / "stat").read_text(encoding="utf-8", errors="replace")
        except OSError:  # it has ended meanwhile
            continue
        stat = text.rpartition(")")[2].split()
        if int(stat[_SESSION]) == session:
            yield process, stat


def _open_files(process: Path) -> int:
    try:
        return len(list((process / "fd").iterdir()))
    except OSError:
        return 0
