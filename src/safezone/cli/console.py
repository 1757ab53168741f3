"""Where the commands write."""

from rich.console import Console

errors = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)


def output() -> Console:
    """Standard output; wide enough in a pipe that nothing is cut or wrapped."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=160)
