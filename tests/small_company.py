"""A small sound company's folder, written anew for a test: a book of postings in CSV, mapped to the ledger."""

from pathlib import Path

FILES = {
    "company.yaml": """\
name: Nordwind
group: {currency: EUR}
entities:
  - {id: NW, name: Nordwind GmbH}
""",
    "accounts.csv": """\
account_code,line_code,cash_flow_line_code
0870,additional_paid_in_capital,cf_owners
1200,cash,
1400,trade_receivables,cf_receivables
8400,trade_sales,
""",
    "sources/books/defs.yaml": """\
type: orchestration.components.SourceSystemComponent
attributes:
  name: books
  description: Postings of the bookkeeping program.
  owners: ["team:finance"]
  group: finance
  root: files
  tables:
    - name: posting
      description: Postings.
      files: posting.csv
      format: csv
      keys: [Nr]
      columns:
        Nr: {type: INTEGER, nullable: false}
        Datum: {type: DATE}
        Konto: {type: VARCHAR}
        Betrag: {type: "DECIMAL(18,2)"}
""",
    "files/posting.csv": """\
Nr,Datum,Konto,Betrag
1,2024-01-31,1400,100.00
2,2024-01-31,8400,-100.00
3,2024-02-15,1200,100.00
4,2024-02-15,1400,-100.00
""",
    "macros/entity.sql": "{% macro the_entity() %}'NW'{% endmacro %}\n",
    "models/staging/books/stg_books__posting.sql": """\
-- Grain: one row per posting.
select
    "Nr" as posting_number,
    "Datum" as posted_on,
    "Konto" as account_code,
    "Betrag" as amount,
    {{ lineage_columns() }}
from {{ source('books', 'posting') }}
""",
    "models/staging/books/_books__models.yml": """\
version: 2
models:
  - name: stg_books__posting
    description: Postings.
""",
    "models/mapping/map_books__journal_line.sql": """\
-- Grain: one row per posting.
select
    cast(posting_number as {{ dbt.type_string() }}) as journal_line_id,
    cast({{ dbt.date_trunc('month', 'posted_on') }} as varchar) as journal_entry_id,
    {{ the_entity() }} as entity_id,
    posted_on,
    account_code,
    amount,
    {{ lineage_columns() }}
from {{ ref('stg_books__posting') }}
""",
    "suites/staging.stg_books__posting.yaml": """\
table: staging.stg_books__posting
asset: [staging, stg_books__posting]
key: [posting_number]
description: Postings.
expectations:
  - id: postings_have_an_account
    type: expect_column_values_to_not_be_null
    kwargs: {column: account_code}
    severity: error
    why: A posting without an account is on no line.
""",
    "kpis/caveats.yaml": """\
caveats:
  - kpis: [dso]
    text: From the ledger alone.
""",
    "tests/assert_postings.sql": "select * from {{ ref('journal_line') }} where amount is null\n",
}


def write_company_folder(folder: Path) -> Path:
    """Write the company into a folder and return it."""
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder
