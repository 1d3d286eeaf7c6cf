-- Fails for each column of a mapping model that lacks a value where the contract wants one in each row, or that holds another than the
-- contract allows: such a row would be missing from figures, or be taken for something else, without anyone noticing.
-- depends_on: {{ ref('journal_line') }}
{{ contract_breaches(contract_tables()) }}
