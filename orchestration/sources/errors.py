"""What can be wrong with a source, one exception type per kind of fault.

Every message says what was wrong, where (file, line, column) and what to do; the edges (the Dagster asset, the
command line) catch its base and show the message as it stands. Faults of the warehouse, the mart or the reports
do not belong here.
"""

from orchestration.errors import TieoutError

_LONGEST_LISTING = 500


def shortened(text: str) -> str:
    """Return a text out of a source, cut where it is too long for a message."""
    return printable(text if len(text) <= _LONGEST_LISTING else f"{text[:_LONGEST_LISTING]} …")


def printable(text: str) -> str:
    """Return a text with control characters spelled out: a source must not steer a terminal."""
    return "".join(character if character.isprintable() else ascii(character)[1:-1] for character in text)


def is_unicode(text: str) -> bool:
    """Return whether a text, such as a file's name, can be written as UTF-8."""
    return not any("\ud800" <= character <= "\udfff" for character in text)


class SourceError(TieoutError):
    """A source could not be landed; the batches landed before stay current."""


class DeclarationError(SourceError):
    """A `defs.yaml` says something that is not allowed, or names an environment variable that is not set."""


class MissingSourceError(SourceError):
    """The declared folder or file is not there, or is not something that may be read."""


class AccessError(SourceError):
    """The source does not let us in: the credentials are wrong, expired, or not permitted to read this."""


class UnreadableSourceError(SourceError):
    """The file is there, but its content cannot be read as what the declaration says it is."""


class DriftError(SourceError):
    """The source's columns or types no longer are what the declaration expects."""


class UnsettledSourceError(SourceError):
    """The file changed while it was being read."""


class ConservationError(SourceError):
    """Rows read are not rows landed plus rows quarantined, so nothing of the file was landed."""


class LakeError(SourceError):
    """The raw lake itself is damaged: a manifest or snapshot that cannot be read."""
