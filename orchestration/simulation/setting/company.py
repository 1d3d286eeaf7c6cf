"""Who Tarnvale is: entities, sites, departments, territories, product families, and the figures it is sized by.

Constants only. What is drawn (products, customers, suppliers) belongs in `master_data`.
"""

from dataclasses import dataclass
from typing import Literal

GROUP = "TV00"
CURRENCIES = ("EUR", "USD", "GBP")


@dataclass(frozen=True)
class Entity:
    """A legal entity with its one site. `size` is its share of the group's orders; money is in its own currency."""

    code: str
    name: str
    currency: int
    calendar: Literal["month", "4-4-5"]
    country: str
    time_zone: str
    utc_offset_hours: int
    ownership_basis_points: int
    site: str
    site_name: str
    square_feet: int
    makes: tuple[int, ...]
    orders_per_day: float
    sales_tax_percent: int
    pay_factor: float


ENTITIES = (
    Entity(
        "DE01",
        "Tarnvale Werke GmbH",
        0,
        "month",
        "DE",
        "Europe/Berlin",
        1,
        10000,
        "DE-KAS",
        "Kassel plant",
        182_000,
        (0, 1),
        6.3,
        19,
        1.0,
    ),
    Entity(
        "US01",
        "Tarnvale Pumps Inc.",
        1,
        "4-4-5",
        "US",
        "America/New_York",
        -5,
        10000,
        "US-DAY",
        "Dayton plant",
        164_000,
        (2, 3),
        4.9,
        0,
        1.25,
    ),
    Entity(
        "GB01",
        "Tarnvale Pumps Ltd",
        2,
        "month",
        "GB",
        "Europe/London",
        0,
        10000,
        "GB-LEE",
        "Leeds distribution centre",
        38_000,
        (),
        2.2,
        20,
        0.85,
    ),
    Entity(
        "FR01",
        "Tarnvale France SAS",
        0,
        "month",
        "FR",
        "Europe/Paris",
        1,
        8000,
        "FR-LYO",
        "Lyon distribution centre",
        34_000,
        (),
        2.0,
        20,
        0.95,
    ),
)
MAKERS = (0, 1)
PARENT = 0
"""The entity that owns the others."""

FAMILIES = ("Centrifugal pumps", "Metering pumps", "Vacuum pumps", "Drives")
MAKER_OF_FAMILY = (0, 0, 1, 1)
SUBFAMILIES = ("compact", "standard", "heavy duty")
FAMILY_PRICE = ((1250, 5900), (630, 3400), (980, 5000), (350, 2400))
"""List prices in EUR, from and to."""

SERVICE_TRADES = (
    "Consulting",
    "Logistics",
    "Media",
    "Utilities",
    "Real Estate",
    "Travel",
    "Office Supply",
    "Machinery",
)
"""What suppliers of services and assets do; every entity has one of each at least."""
TRADES_OF_ACCOUNT = {
    "1230": ("Machinery",),
    "1240": ("Office Supply",),
    "5330": ("Utilities", "Machinery"),
    "6200": ("Travel",),
    "6300": ("Media",),
    "6400": ("Office Supply",),
    "6500": ("Consulting",),
    "6550": ("Utilities",),
    "6560": ("Real Estate",),
    "6590": ("Logistics",),
}
"""Who sends invoices for what is booked to an account."""

CHANNELS = ("direct", "reseller", "internet")

DEPARTMENTS = (
    ("00", "No department", None),
    ("1", "Operations", None),
    ("10", "Production", "1"),
    ("20", "Logistics", "1"),
    ("30", "Purchasing", "1"),
    ("2", "Commercial", None),
    ("40", "Sales", "2"),
    ("50", "Marketing", "2"),
    ("60", "Customer service", "2"),
    ("3", "Support", None),
    ("70", "Research and development", "3"),
    ("80", "Finance and administration", "3"),
)

TERRITORIES = (
    (1, "Germany North", "Germany", "Europe", 0),
    (2, "Germany South", "Germany", "Europe", 0),
    (3, "US East", "United States", "North America", 1),
    (4, "US Central", "United States", "North America", 1),
    (5, "US West", "United States", "North America", 1),
    (6, "United Kingdom", "United Kingdom", "Europe", 2),
    (7, "France North", "France", "Europe", 3),
    (8, "France South", "France", "Europe", 3),
    (9, "Germany Export", "Germany", "Europe", 0),
    (10, "US Export", "United States", "North America", 1),
    (11, "United Kingdom Export", "United Kingdom", "Europe", 2),
    (12, "France Export", "France", "Europe", 3),
)
"""Number, name, country that it is sold from, continent and entity. Customers abroad are in their entity's Export."""
FIRST_TERRITORY, TERRITORY_COUNT, EXPORT_TERRITORY = (1, 3, 6, 7), (2, 3, 1, 2), (9, 10, 11, 12)
"""By entity: its territories at home, and the one for abroad."""

STAFF = (
    # department, staff of each entity at scale 1, yearly pay in EUR
    ("10", (58, 45, 0, 0), 38_000),
    ("20", (9, 8, 5, 4), 33_000),
    ("30", (4, 3, 1, 1), 46_000),
    ("40", (13, 10, 6, 5), 56_000),
    ("50", (4, 3, 1, 1), 52_000),
    ("60", (5, 4, 2, 2), 36_000),
    ("70", (8, 5, 0, 0), 61_000),
    ("80", (8, 6, 2, 2), 50_000),
)

SEASON = (930, 965, 1065, 1015, 1010, 1035, 950, 880, 1050, 1075, 1060, 965)
"""Orders by calendar month, in thousandths of the mean."""

TRANSFER_MARGIN_PERCENT = 12
EMPLOYER_PERCENT = 21
DEDUCTION_PERCENT = 33
COMMISSION_BASIS_POINTS = 120
WARRANTY_BASIS_POINTS = 80
INCOME_TAX_PERCENT = 26
CONVERSION_CENTS_PER_MINUTE = (880, 930)
"""Labour and overhead of a line's minute, by maker, in its currency, in the first year."""
