"""What the command line's exit codes mean, and how errors become them."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum

import typer

from safezone.cli.console import errors
from safezone.errors import (
    BundleError,
    EncoderUnavailable,
    InvalidInputFile,
    InvalidPolicy,
    InvalidProposal,
    InvalidSettings,
    SafezoneError,
)


class ExitCode(IntEnum):
    """Documented in the README; scripts rely on them."""

    OK = 0
    FAILED = 1
    USAGE = 2
    BAD_INPUT = 3
    MODEL_UNUSABLE = 4
    GOAL_MISSED = 5


_CODES: tuple[tuple[type[SafezoneError], ExitCode], ...] = (
    (InvalidSettings, ExitCode.USAGE),
    (InvalidPolicy, ExitCode.USAGE),
    (InvalidProposal, ExitCode.BAD_INPUT),
    (InvalidInputFile, ExitCode.BAD_INPUT),
    (BundleError, ExitCode.MODEL_UNUSABLE),
    (EncoderUnavailable, ExitCode.MODEL_UNUSABLE),
)


@contextmanager
def exit_on_error() -> Iterator[None]:
    """Turn this package's exceptions into one line on standard error and an exit code."""
    try:
        yield
    except SafezoneError as error:
        errors.print(f"safezone: {error}")
        code = next((code for kind, code in _CODES if isinstance(error, kind)), ExitCode.FAILED)
        raise typer.Exit(code) from error
    except ModuleNotFoundError as error:
        errors.print(
            f"safezone: {error.name} is not installed. Run 'make setup'; where the package was "
            "installed by itself, training needs safezone[train]."
        )
        raise typer.Exit(ExitCode.FAILED) from error
    except BrokenPipeError:
        # The reader of a pipe has had enough; nothing is wrong and nothing more can be said.
        sys.stderr.close()
        raise typer.Exit(ExitCode.OK) from None
