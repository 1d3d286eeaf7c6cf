"""What `dg scaffold defs` writes for a new source system: a declaration to be edited, with every choice explained."""

from pathlib import Path
from typing import Any

import dagster as dg

from orchestration.sources.declaration import COMPONENT_TYPE

_TEMPLATE = """\
type: {component}
attributes:
  name: {name}
  description: What this system is, in one sentence.
  owners: ["team:finance"]          # e-mail addresses, or team:<name>
  group: finance                    # the area; groups the assets
  root: ${{{variable}}}    # its folder: relative to the project, absolute, s3://…, sftp://…, or from the environment
  max_age_hours: 24                 # how old the newest load may become
  tables:
    - name: ledger
      description: One row per journal line.
      files: ledger/*.csv           # a file or a glob below root; all its files together are the table
      format: csv                   # csv, json, jsonl (one object per line), excel or parquet
      csv: {{delimiter: ",", decimal: ".", encoding: utf-8, null_strings: [""]}}
      # compression: auto           # of csv and json: auto (by the ending .gz or .zst), gzip, zstd, none
      # excel: {{sheet: Ledger, header_row: 1}}    # in place of csv where the format is excel
      keys: [line_id]
      columns:                      # the source's own names; a value that does not fit its type goes to quarantine
        line_id: {{type: BIGINT, nullable: false, description: The journal line.}}
        posted_on: {{type: DATE, description: Day of posting.}}
        amount: {{type: "DECIMAL(18, 2)", description: Debit positive.}}
  # storage:                        # how to get at s3://… and sftp://…: fsspec's options, secrets as ${{VARIABLE}}
  #   {{key: "${{{name_upper}_S3_KEY}}", secret: "${{{name_upper}_S3_SECRET}}"}} of s3, or
  #   {{password: "${{{name_upper}_PASSWORD}}", known_hosts: /etc/ssh/ssh_known_hosts}} of sftp
"""


class SourceSystemScaffolder(dg.Scaffolder[Any]):
    """Writes a `defs.yaml` whose system is named after its folder."""

    def scaffold(self, request: dg.ScaffoldRequest[Any]) -> None:
        """Write the declaration; refuse the Python form, as a source system is declared in YAML."""
        if request.scaffold_format != "yaml":
            raise ValueError("A source system is declared in YAML; leave out --format.")
        write_declaration(Path(request.target_path))


def write_declaration(folder: Path) -> None:
    """Write a declaration to be edited into a folder."""
    name = folder.name.lower().replace("-", "_")
    variable = f"{name.upper()}_FILES"
    text = _TEMPLATE.format(component=COMPONENT_TYPE, name=name, variable=variable, name_upper=name.upper())
    (folder / "defs.yaml").write_text(text, encoding="utf-8")
