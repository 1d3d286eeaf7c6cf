"""What `dg scaffold defs` writes for a new source system: a declaration to be edited, with every choice explained."""

from pathlib import Path
from typing import Literal

import dagster as dg
from pydantic import BaseModel, Field

from orchestration.sources.declaration.systems import COMPONENT_TYPE

Kind = Literal["files", "database", "api"]

_SYSTEM = """\
type: {component}
attributes:
  name: {name}
  description: What this system is, in one sentence.
  owners: ["team:finance"]          # e-mail addresses, or team:<name>
  group: finance                    # the area; groups the assets
"""

_FILES = """\
  root: ${{{variable}_FILES}}    # its folder: in the company's, absolute, s3://…, sftp://…, or from the environment
  max_age_hours: 24                 # how old the newest load may become
  tables:
    - name: ledger
      description: One row per journal line.
      files: ledger/*.csv           # a file or a glob below root; all its files together are the table
      format: csv                   # csv, json, jsonl (one object per line), excel, parquet, fec or sie
      csv: {{delimiter: ",", decimal: ".", encoding: utf-8, null_strings: [""]}}
      # compression: auto           # of csv and json: auto (by the ending .gz or .zst), gzip, zstd, none
      # excel: {{sheet: Ledger, header_row: 1}}    # in place of csv where the format is excel
      keys: [line_id]
      columns:                      # the source's own names; a value that does not fit its type goes to quarantine
        line_id: {{type: BIGINT, nullable: false, description: The journal line.}}
        posted_on: {{type: DATE, description: Day of posting.}}
        amount: {{type: "DECIMAL(18, 2)", description: Debit positive.}}
  # storage:                        # how to get at s3://… and sftp://…: fsspec's options, secrets as ${{VARIABLE}}
  #   {{key: "${{{variable}_S3_KEY}}", secret: "${{{variable}_S3_SECRET}}"}} of s3, or
  #   {{password: "${{{variable}_PASSWORD}}", known_hosts: /etc/ssh/ssh_known_hosts}} of sftp
"""

_DATABASE = """\
  max_age_hours: 24                 # how old the newest load may become
  database:
    kind: postgres                  # or mysql (also MariaDB), or sqlite, whose connection is the file
    connection: "host=erp.example.com port=5432 dbname=erp user=reader password=${{{variable}_PASSWORD}}"
    # or a URL, or all of it from the environment: "${{{variable}_DATABASE}}"
  tables:
    - name: journal_line
      description: One row per journal line.
      relation: accounting.journal_line    # schema.name of a table or view
      load: incremental             # or full: everything each time; append: rows never change
      cursor: changed_at            # grows with each change; an index on it makes reading fast
      overlap: 2 hours              # read again so far before the newest change, for what was committed late
      full_every_days: 7            # read everything again this often, to see what was deleted
      keys: [line_id]
      columns:                      # the database's own names; a value that does not fit goes to quarantine
        line_id: {{type: BIGINT, nullable: false, description: The journal line.}}
        changed_at: {{type: TIMESTAMP, description: "Of the last change, in UTC."}}
        amount: {{type: "DECIMAL(18, 2)", description: Debit positive.}}
"""

_API = """\
  max_age_hours: 24                 # how old the newest load may become
  api:
    base_url: https://api.example.com/v1
    auth: {{type: bearer, token: "${{{variable}_TOKEN}}"}}    # or api_key, http_basic, oauth2_client_credentials
    paginator: {{type: json_link, next_url_path: next}}     # or header_link, cursor, offset, page_number, single_page
    requests_per_second: 5          # at most
    # refresh_minutes: 60           # how often to look for news; unless given, when the refresh is scheduled
  tables:
    - name: invoice
      description: One row per invoice.
      resource:
        path: invoices              # below base_url
        data_selector: data         # where the rows are in the answer; unless given, the answer is an array
        params: {{per_page: 100}}
        incremental: {{start_param: updated_since}}    # how to ask for what changed; leave out with load: full
      load: incremental             # or full: everything each time; append: rows never change
      cursor: updated_at            # grows with each change
      overlap: 1 hour               # read again so far before the newest change, for what came late
      full_every_days: 7            # read everything again this often, to see what was deleted
      keys: [id]
      columns:                      # the source's own names; a value that does not fit its type goes to quarantine
        id: {{type: BIGINT, nullable: false, description: The invoice.}}
        updated_at: {{type: TIMESTAMP, description: "Of the last change, in UTC."}}
        amount: {{type: "DECIMAL(18, 2)", description: Without tax.}}
        note: {{type: VARCHAR, optional: true, description: Left out by the API where there is none.}}
  # A table whose rows are asked for one by one of another:
  #   - name: invoice_line
  #     resource: {{path: "invoices/{{resources.invoice.id}}/lines", include_from_parent: [id]}}
"""

_KINDS: dict[Kind, str] = {"files": _FILES, "database": _DATABASE, "api": _API}


class SourceSystemChoices(BaseModel):
    """What can be chosen when a source system is scaffolded."""

    kind: Kind = Field(default="files", description="Where the data is: files, a database, or an HTTP API.")


class SourceSystemScaffolder(dg.Scaffolder[SourceSystemChoices]):
    """Writes a `defs.yaml` whose system is named after its folder."""

    @classmethod
    def get_scaffold_params(cls) -> type[SourceSystemChoices]:
        """Return what can be chosen on the command line, as `--kind database`."""
        return SourceSystemChoices

    def scaffold(self, request: dg.ScaffoldRequest[SourceSystemChoices]) -> None:
        """Write the declaration; refuse the Python form, as a source system is declared in YAML."""
        if request.scaffold_format != "yaml":
            raise ValueError("A source system is declared in YAML; leave out --format.")
        write_declaration(Path(request.target_path), request.params.kind if request.params else "files")


def write_declaration(folder: Path, kind: Kind = "files") -> None:
    """Write a declaration to be edited into a folder."""
    name = folder.name.lower().replace("-", "_")
    text = (_SYSTEM + _KINDS[kind]).format(component=COMPONENT_TYPE, name=name, variable=name.upper())
    (folder / "defs.yaml").write_text(text, encoding="utf-8")
