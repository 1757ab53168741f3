"""The exception tree.

It knows no HTTP and no command line: `api.problems` and `cli.exit_codes` translate. A message says
what was given (never its text), what was expected and what to do next, and is written so that it
may be shown to whoever made the call.
"""


class SafezoneError(Exception):
    """Base of everything this package raises on purpose."""


class InvalidProposal(SafezoneError):
    """A proposal that cannot be read: empty, too long, with characters no text has, or for a policy
    that is not there.

    `field` names the part at fault (`id`, `title`, `abstract`, `policy`), `code` is a stable id.
    """

    def __init__(self, field: str, code: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.code = code


class InvalidInputFile(SafezoneError):
    """A file of proposals or labelled records that cannot be read; the message names the row."""


class InvalidSettings(SafezoneError):
    """A setting from the environment or the command line that has no meaning."""


class InvalidPolicy(SafezoneError):
    """A policy profile with unknown keys, missing keys or values out of range."""


class EncoderUnavailable(SafezoneError):
    """The encoder's library or weights are missing, or the weights are not the expected ones."""


class BundleError(SafezoneError):
    """A model bundle that must not be used."""


class BundleNotFound(BundleError):
    """There is no bundle at the path."""


class BundleCorrupt(BundleError):
    """A file of the bundle is missing, foreign, unreadable or not the one in the manifest."""


class BundleMismatch(BundleError):
    """The bundle is intact but was made for another encoder, taxonomy, text cleaner or format."""


class TrainingError(SafezoneError):
    """The records cannot train a model: too few, or a level that never occurs."""


class SourceUnavailable(SafezoneError):
    """A public source does not answer, or not in its documented format."""


class StoreUnavailable(SafezoneError):
    """The database cannot be reached, is not of this version, or has no room left."""


class NoSuchKey(SafezoneError):
    """There is no API key with the id."""


class NoSuchJob(SafezoneError):
    """There is no job with the id, or it is another key's."""


class JobConflict(SafezoneError):
    """What was asked of a job does not fit its state, or its idempotency key is taken.

    `code` is a stable id: `not_finished`, `in_progress`, `other_body`.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
