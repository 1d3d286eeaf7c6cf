"""Values that a declaration takes from the environment, written ${VARIABLE}: places, and all secrets."""

import os
import re

from orchestration.sources.errors import DeclarationError

_REFERENCE = re.compile(r"\$\{(\w+)\}")


def filled_in(text: str, *, what: str) -> str:
    """Return the text with each ${VARIABLE} replaced by its value.

    `what` begins the message of the `DeclarationError` that is raised where a variable is not set; no value is shown.
    """

    def value_of(found: re.Match[str]) -> str:
        value = os.environ.get(found[1])
        if not value:
            raise DeclarationError(
                f"{what} needs the environment variable {found[1]}, which is not set. "
                "Set it where Tieout runs, and run again."
            )
        return value

    return _REFERENCE.sub(value_of, text)


def secrets_in(text: str) -> list[str]:
    """Return the values of the ${VARIABLE}s in a text, for taking them out of messages; those not set are left out."""
    return [value for name in _REFERENCE.findall(text) if (value := os.environ.get(name))]
