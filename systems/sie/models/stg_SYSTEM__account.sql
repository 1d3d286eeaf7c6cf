-- Grain: one row per statement on an account: its name (konto), its type (ktyp) or its unit (enhet).
select
    kind,
    account_number as account_code,
    value,
    source_file,
    {{ lineage_columns() }}
from {{ source('SYSTEM', 'account') }}
