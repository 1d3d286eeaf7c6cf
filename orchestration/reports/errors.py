"""What can be wrong with a report, one exception type per kind of fault. The edges show a `ReportError` as it is."""

from orchestration.errors import TieoutError


class ReportError(TieoutError):
    """A report could not be made or delivered; nothing was written."""


class MartUnreadableError(ReportError):
    """There is no published mart, or the file is not one."""


class UnknownClosingError(ReportError):
    """The closing asked for is not in the ledger, or a report is not made for its kind."""
