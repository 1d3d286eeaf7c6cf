"""A company of scale 1 has the figures of a real manufacturer. Where a range comes from is said beside it."""

import csv
from pathlib import Path

import duckdb
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
    # Inventory turnover: 6.9 (machinery) and 7.4 (industrial machinery) in tax returns of 2013 (bizstats.com); 76 to 85
    # days, about 4.5 times, at listed makers of metalworking machines (readyratios.com, SIC 354); 11 is the best
    # manufacturers' (growwire.com).
    "inventory_turnover": (3, 11),
    # Current ratio: 1.5 and 1.7 (bizstats.com), 2.2 to 2.4 (readyratios.com). Ours is above, as
    # affiliates keep their profits: only the parent pays a dividend.
    "current_ratio": (1.2, 5.0),
    # Return on invested capital: 10 % is the ten-year median of machinery (blacknoteinvestment.com); in January 2024 13 %
    # in electrical equipment to 25 % in building materials (A. Damodaran, pages.stern.nyu.edu, mgnroc).
    "roic": (0.03, 0.35),
    # Revenue per employee: EUR 163,000 to 386,000 at makers of ceramic machinery, by size (weareacimac.com).
    "revenue_per_employee": (120_000, 400_000),
    # Scrap in machining: 0.5 % top quartile, 2.5 % average, 5 % bottom quartile (paretobase.com, 2026).
    "scrap_ratio": (0.005, 0.05),
    # Goods rejected at receipt: below 1 % excellent, 1 to 3 % acceptable (kpidepot.com, supplier defect rate).
    "supplier_rejection_rate": (0.001, 0.03),
    # Satisfied ratings: 65 to 80 % in most industries (surveyvista.com), 75 to 85 % is good (voxco.com).
    "customer_satisfaction": (0.65, 0.90),
    # Quota attainment: 89 % is the average of B2B sellers (Gartner 2024, in prowi.io), well-made plans centre on 90 to
    # 100 % (thecroreport.com); a year of growth may lie above.
    "sales_quota_attainment": (0.7, 1.3),
    # Stock-outs: 8.3 % of retail items on average (Gruen and Corsten 2008, in wikisum.wiki); none found for industry.
    "stock_out_rate": (0.005, 0.12),
    # On time to customers, and from suppliers: APQC's panels speak of 91 % of supplier orders on the original date
    # (spendmatters.com, 2013). No spread was found in public: the width is this project's.
    "on_time_shipment": (0.75, 0.97),
    "supplier_on_time": (0.70, 0.97),
}


DOCUMENT_DAYS = (
    # table, day and chosen rows: documents that are made on working days, and about as many on each weekday
    ("sales_order", "ordered_on", "order_type = 'customer'"),
    ("sales_order", "ordered_on", "order_type = 'intercompany'"),
    ("sales_order", "requested_on", "order_type = 'customer'"),
    ("sales_order", "promised_on", "order_type = 'customer'"),
    ("sales_order", "promised_on", "order_type = 'intercompany'"),
    ("sales_order_change", "changed_on", "true"),
    ("sales_order_change", "promised_on", "promised_on IS NOT NULL"),
    ("shipment_line", "shipped_on", "sales_order_id < 90000000"),
    ("shipment_line", "shipped_on", "sales_order_id >= 90000000"),
    ("shipment_line", "delivered_on", "true"),
    ("customer_invoice", "invoiced_on", "true"),
    ("customer_payment", "paid_on", "true"),
    ("quote", "quoted_on", "true"),
    ("quote", "entered_on", "true"),
    ("purchase_order", "ordered_on", "true"),
    ("purchase_order_line", "due_on", "true"),
    ("goods_receipt_line", "shipped_on", "true"),
    ("goods_receipt_line", "received_on", "true"),
    ("supplier_invoice", "invoiced_on", "invoice_type = 'material'"),
    ("supplier_invoice", "invoiced_on", "invoice_type <> 'material'"),
    ("supplier_invoice", "entered_on", "true"),
    ("supplier_payment", "paid_on", "true"),
    ("work_order", "planned_on", "true"),
    ("work_order", "issued_on", "true"),
    ("work_order", "finished_on", "true"),
    ("ticket", "opened_at", "true"),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return simulate(tmp_path_factory.mktemp("scale1") / "company", Options()).folder


@pytest.fixture(scope="module", params=[7, 1, 2])
def kpis(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, str]]:
    folder = simulate(tmp_path_factory.mktemp("scale1") / "company", Options(seed=request.param)).folder
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


@pytest.mark.parametrize(("table", "day", "chosen"), DOCUMENT_DAYS)
def test_documents_are_made_from_monday_to_friday_and_about_as_many_each_day(
    folder: Path, table: str, day: str, chosen: str
) -> None:
    """Payments that are due at a weekend may come on Monday: there, less than 30 % are enough."""
    with duckdb.connect() as connection:
        found = dict(
            connection.execute(
                f"SELECT isodow({day}), count(*) FROM read_parquet('{folder}/{table}/*.parquet') WHERE {chosen} GROUP BY 1"
            ).fetchall()
        )
    count = sum(found.values())
    assert count > 1000
    assert sorted(found) == [1, 2, 3, 4, 5]
    highest = 0.30 if table.endswith("_payment") else 0.24
    assert all(0.15 < found[weekday] / count < highest for weekday in found), found
