-- Grain: one row per line of a journal entry, as the files have it.
select
    journal_code,
    journal_lib as journal_name,
    nullif(ltrim(ecriture_num, '0'), '') as entry_number,
    ecriture_date as posted_on,
    compte_num as account_code,
    compte_lib as account_name,
    comp_aux_num as partner_code,
    comp_aux_lib as partner_name,
    piece_ref as document_id,
    piece_date as document_on,
    ecriture_lib as description,
    debit,
    credit,
    ecriture_let as reconciliation_code,
    date_let as reconciled_on,
    valid_date as validated_on,
    montant_devise as transaction_amount,
    idevise as transaction_currency_code,
    source_file,
    {{ lineage_columns() }}
from {{ source('SYSTEM', 'entry_line') }}
