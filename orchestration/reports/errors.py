"""What can be wrong with a report, one exception type per kind of fault. The edges catch `ReportError` and show its message."""


class ReportError(Exception):
    """A report could not be made or delivered; nothing was written."""


class MartUnreadable(ReportError):
    """There is no published mart, or the file is not one."""


class UnknownClosing(ReportError):
    """The closing asked for is not in the ledger, or a report is not made for its kind."""


class ArchiveConflict(ReportError):
    """The archive already holds another report under the same publication and closing."""
