"""A company of scale 1 has the figures of a real manufacturer. Where a range comes from is said beside it."""

import csv

import pytest

from orchestration.simulation.simulate import Options, simulate

RANGES = {
    # Gross margin of listed machinery makers: 26 % over ten years (blacknoteinvestment.com, Machinery Industry Key
    # Financial Data 2023) to 42 % (csimarket.com, Industrial Machinery and Components, 2017). Ours is before the
    # elimination of intercompany sales, which have a margin of 11 %.
    "gross_margin_pct": (0.24, 0.42),
    # Same sources: 8.9 % over ten years; 6 to 17 % by quarter.
    "operating_margin": (0.03, 0.17),
    # Net margin, same: 7 to 12 %; machinery median 5.75 % (undervaluable.com).
    "net_margin": (0.02, 0.12),
    # Days sales outstanding of manufacturers: below 30 excellent, above 60 a risk (saz.ca); 45 to 57 in CFO magazine's
    # 2004 survey. Ours counts intercompany sales in the denominator.
    "dso": (28, 60),
    # Days of inventory: medians of 32 (computers) to 57 (consumer durables), up to 58 for parts makers (CFO magazine's
    # surveys, quoted by lma-consultinggroup.com).
    "dio": (32, 90),
    # Days of payables: 19 to 58 (same survey).
    "dpo": (19, 60),
    # Overall equipment effectiveness: 40 low, 60 typical, 85 world class (Nakajima 1984, in worximity.com).
    "oee": (0.40, 0.85),
    # Below: no public source found; what the makers of this project hold for ordinary.
    "on_time_shipment": (0.75, 0.97),
    "supplier_on_time": (0.70, 0.97),
    "scrap_ratio": (0.005, 0.05),
    "stock_out_rate": (0.005, 0.12),
    "supplier_rejection_rate": (0.001, 0.03),
    "customer_satisfaction": (0.60, 0.95),
    "current_ratio": (1.2, 6.0),
    "roic": (0.03, 0.35),
    "revenue_per_employee": (120_000, 450_000),
    "inventory_turnover": (3, 12),
    "sales_quota_attainment": (0.7, 1.3),
}


@pytest.fixture(scope="module")
def kpis(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, str]]:
    folder = simulate(tmp_path_factory.mktemp("scale1") / "company", Options()).folder
    with (folder / "truth" / "kpi_value.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


@pytest.mark.parametrize("kpi", RANGES)
def test_the_group_is_in_the_range_of_real_manufacturers_every_year(kpis: list[dict[str, str]], kpi: str) -> None:
    low, high = RANGES[kpi]
    period_type = "month" if kpi == "current_ratio" else "year"
    found = [
        float(row["value"])
        for row in kpis
        if row["kpi_id"] == kpi
        and row["entity_id"] == "TV00"
        and row["period_type"] == period_type
        and row["period_id"].endswith("-12")
    ]
    assert len(found) == 3
    assert all(low <= value <= high for value in found), found


def test_no_entity_is_ever_out_of_cash(kpis: list[dict[str, str]]) -> None:
    assert min(float(row["value"]) for row in kpis if row["kpi_id"] == "cash") > 0
