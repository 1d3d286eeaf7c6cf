"""What is known of a file that was delivered: the rows of truth/delivery.csv."""

from dataclasses import dataclass

from orchestration.simulation.books.contract import Table
from orchestration.simulation.delivery.deliveries import Version
from orchestration.simulation.delivery.dirt import Dirt


@dataclass(frozen=True)
class DeliveredFile:
    """One version of a file with its rows counted. `is_there` is false for what `--until` leaves out."""

    table: Table
    version: Version
    row_count: int
    late_rows: int
    dirt: Dirt
    is_there: bool
