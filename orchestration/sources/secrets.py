"""Keeping secrets out of what people see: messages, and what libraries log. Where they come from: `environment`."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote, quote_plus

_SHORTEST = 4
"""A shorter value is no secret worth the name, and would take the sense out of every message."""


class Secrets:
    """Values that must not be seen, in the forms in which they may turn up."""

    def __init__(self, values: Sequence[str]) -> None:
        plain = {value for value in values if len(value) >= _SHORTEST and not _is_address(value)}
        forms = plain | {quote(v, safe="") for v in plain} | {quote(v) for v in plain} | {quote_plus(v) for v in plain}
        self._forms = sorted(forms, key=len, reverse=True)

    def out_of(self, text: str) -> str:
        """Return the text with every secret replaced by ***."""
        for form in self._forms:
            text = text.replace(form, "***")
        return text

    @contextmanager
    def kept_out_of_logs(self) -> Iterator[None]:
        """Take the secrets out of whatever any library logs."""
        make = logging.getLogRecordFactory()

        def scrubbed(*args: Any, **kwargs: Any) -> logging.LogRecord:
            record = make(*args, **kwargs)
            said = record.getMessage()
            if (clean := self.out_of(said)) != said:
                record.msg, record.args = clean, ()
            return record

        logging.setLogRecordFactory(scrubbed)
        try:
            yield
        finally:
            logging.setLogRecordFactory(make)


def _is_address(value: str) -> bool:
    return value.startswith(("http://", "https://"))
