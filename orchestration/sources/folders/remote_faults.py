"""What went wrong with files elsewhere, as a message to a person: which of the libraries' exceptions means what.

The libraries are extras and may be missing, so their exceptions are known by name.
"""

import re

from orchestration.sources.errors import AccessError, DeclarationError, MissingSourceError, SourceError

_LONGEST_REASON = 300
_UNKNOWN_SERVER = {"HostKeyNotVerifiable"}
_NOT_LET_IN = {
    "PermissionError", "PermissionDenied", "SFTPPermissionDenied", "NoCredentialsError", "PartialCredentialsError",
    "CredentialRetrievalError", "TokenRetrievalError", "SSOTokenLoadError", "ProfileNotFound",
}  # fmt: skip
_NOT_THERE = {"FileNotFoundError", "SFTPNoSuchFile", "SFTPNoSuchPath", "NotADirectoryError", "SFTPNotADirectory"}
_UNUSABLE_OPTION = {"KeyImportError", "KeyEncryptionError", "ParamValidationError", "ConfigParseError"}


def is_not_there(error: Exception) -> bool:
    """Return whether a library says that a file or folder is not there."""
    return bool(_names(error) & _NOT_THERE)


def in_words(error: Exception, where: str, *, doing: str) -> SourceError:
    """Return a library's fault as a message that begins with `where`; `doing` ends "cannot be …"."""
    kind, told = _in_words(error, doing)
    return kind(f"{where}: {told} Nothing was landed of it; the data landed before stays in use.")


def _in_words(error: Exception, doing: str) -> tuple[type[SourceError], str]:
    names, reason = _names(error), _reason(error)
    if names & _UNKNOWN_SERVER:
        return AccessError, (
            f"the server is not known by its key, so no password was sent to it ({reason}). Ask its owner for the key, "
            "then put it in ~/.ssh/known_hosts or the file that storage.known_hosts names, or declare it as "
            "storage.host_key."
        )
    if names & _NOT_LET_IN:
        return AccessError, (
            f"it cannot be {doing}: {reason}. The credentials are wrong, expired or not permitted here; check storage "
            "in defs.yaml and the environment variables that it names."
        )
    if names & _NOT_THERE:
        return _not_there_in_words(error, doing)
    if names & _UNUSABLE_OPTION or isinstance(error, ValueError | TypeError):
        return DeclarationError, f"it cannot be {doing}: {reason}. Correct storage in defs.yaml."
    return MissingSourceError, (
        f"it cannot be {doing}: {reason}. The server is unknown, does not answer or broke off. "
        "Run again when it is back; correct root in defs.yaml if it moved."
    )


def _not_there_in_words(error: Exception, doing: str) -> tuple[type[SourceError], str]:
    if doing == "fetched":
        return MissingSourceError, "the file was listed, and is gone now. Run again."
    if doing == "opened" and (file := getattr(error, "filename", None)):
        return DeclarationError, f"storage in defs.yaml names a file that is not there: {file}."
    return MissingSourceError, f"it is not there ({_reason(error)}). Correct root or files in defs.yaml."


def _names(error: Exception) -> set[str]:
    return {kind.__name__ for kind in type(error).__mro__}


def _reason(error: Exception) -> str:
    if any("Timeout" in name for name in _names(error)):
        return "no answer in time"
    said = (error.strerror if isinstance(error, OSError) else None) or str(error)
    text = re.sub(r"\s+", " ", said)[:_LONGEST_REASON].rstrip(" .")
    return text or type(error).__name__
