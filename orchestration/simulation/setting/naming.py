"""What customers, suppliers and products are called. A number follows a name only where it was given before.

Names follow from what a thing is: a supplier's from what it sells, a product's from its kind and size. Codes belong in
`names`.
"""

from collections import Counter
from collections.abc import Iterable

import numpy as np

from orchestration.simulation.setting.company import FAMILIES, SERVICE_TRADES, SUBFAMILIES
from orchestration.simulation.setting.master_data import MasterData
from orchestration.simulation.setting.randomness import Draws

_STEMS = (
    "Aster",
    "Birk",
    "Corvin",
    "Dalen",
    "Elster",
    "Farrow",
    "Garnet",
    "Holm",
    "Iver",
    "Jasper",
    "Kestel",
    "Lorne",
    "Marl",
    "Norden",
    "Osier",
    "Pell",
    "Quill",
    "Rowan",
    "Stell",
    "Thorne",
    "Ulm",
    "Varr",
    "Wicken",
    "Yarrow",
)
_TRADES = (
    "Chemicals",
    "Water",
    "Foods",
    "Process",
    "Marine",
    "Paper",
    "Energy",
    "Mining",
    "Dairy",
    "Textiles",
    "Glass",
)
_SUPPLIES = (
    ("Castings", ("pump housing", "impeller", "flange")),
    ("Seals", ("mechanical seal", "gasket", "O-ring set")),
    ("Bearings", ("ball bearing", "sleeve bearing")),
    ("Motors", ("winding", "rotor")),
    ("Electronics", ("control unit", "frequency converter")),
    ("Fasteners", ("bolt set", "clamp")),
    ("Valves", ("check valve", "relief valve")),
    ("Machining", ("shaft", "coupling")),
)
"""Trades of material suppliers, and the components that each sells."""
_SUFFIXES = {"DE": "GmbH", "US": "Inc.", "GB": "Ltd", "FR": "SAS"}
_CAST_OR_TURNED = ("pump housing", "impeller", "flange", "shaft", "coupling", "check valve", "relief valve")
_ELECTRIC = ("winding", "rotor", "control unit", "frequency converter")
_MATERIALS = ("cast iron", "stainless", "bronze")
_MILLIMETRES = (20, 25, 32, 40, 50, 65, 80, 100, 125, 150, 200, 250)
_KILOWATTS = (0.75, 1.1, 1.5, 2.2, 3, 4, 5.5, 7.5, 11, 15, 18.5, 22)
_DRIVES = FAMILIES.index("Drives")


def distinct(names: Iterable[str]) -> list[str]:
    """Return the names; one that was there before gets a number."""
    found: Counter[str] = Counter()
    result = []
    for name in names:
        found[name] += 1
        result.append(name if found[name] == 1 else f"{name} {found[name]}")
    return result


def customer_names(countries: list[str]) -> list[str]:
    """Return the names of all customers, given their countries."""
    return distinct(
        f"{_STEMS[n * 7 % len(_STEMS)]} {_TRADES[n * 5 % len(_TRADES)]} {_SUFFIXES[country]}"
        for n, country in enumerate(countries)
    )


def supplier_names(master: MasterData, countries: list[str]) -> list[str]:
    """Return the names of all suppliers, given their countries."""
    names = []
    for number, country in enumerate(countries):
        if master.supplier_is_material[number]:
            trade = _supply(master, number)[0]
        else:
            trade = SERVICE_TRADES[int(master.service_trade[number])]
        names.append(f"{_STEMS[number * 11 % len(_STEMS)]} {trade} {_SUFFIXES[country]}")
    return distinct(names)


def product_names(master: MasterData, draws: Draws) -> list[str]:
    """Return the names of all products: what they are, and their size; the dearer ones of a kind are larger."""
    names = []
    kind = np.arange(master.finished_count) % (len(FAMILIES) * len(SUBFAMILIES))
    for number in range(master.finished_count):
        alike = np.flatnonzero(kind == kind[number])
        rank = int((master.base_price[alike] < master.base_price[number]).sum())
        step = rank * len(_MILLIMETRES) // len(alike)
        family = int(master.family[number])
        subfamily = SUBFAMILIES[number // len(FAMILIES) % len(SUBFAMILIES)]
        size = f"{_KILOWATTS[step]:g} kW" if family == _DRIVES else f"DN {_MILLIMETRES[step]}"
        names.append(f"{FAMILIES[family].removesuffix('s')} {subfamily} {size}")
    taken = set(names)
    for number in range(master.product_count - master.finished_count):
        names.append(_component_name(master, draws, number, taken))
        taken.add(names[-1])
    return distinct(names)


def _component_name(master: MasterData, draws: Draws, number: int, taken: set[str]) -> str:
    """Return what a component is, and the first of its sizes, from a drawn one on, that has no such component yet."""
    what = _component(master, number)
    first = int(draws.integers("component/size", 0, len(_MILLIMETRES) - 1, number))
    material = f" {_MATERIALS[number % len(_MATERIALS)]}" if what in _CAST_OR_TURNED else ""
    name = ""
    for step in range(len(_MILLIMETRES)):
        place = (first + step) % len(_MILLIMETRES)
        size = f"{_KILOWATTS[place]:g} kW" if what in _ELECTRIC else f"{_MILLIMETRES[place]} mm"
        name = f"{what[0].upper()}{what[1:]} {size}{material}"
        if name not in taken:
            break
    return name


def subcategories(master: MasterData) -> list[str]:
    """Return the subcategory of all products: of components, what they are."""
    finished = [SUBFAMILIES[n // len(FAMILIES) % len(SUBFAMILIES)] for n in range(master.finished_count)]
    return finished + [_component(master, n) for n in range(master.product_count - master.finished_count)]


def _component(master: MasterData, component: int) -> str:
    """Return what a component is: one of the things that its supplier sells."""
    sold = _supply(master, int(master.component_supplier[component]))[1]
    return sold[component // master.material_suppliers % len(sold)]


def _supply(master: MasterData, supplier: int) -> tuple[str, tuple[str, ...]]:
    return _SUPPLIES[supplier % master.material_suppliers % len(_SUPPLIES)]
