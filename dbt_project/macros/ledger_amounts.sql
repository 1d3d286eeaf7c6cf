{# What companies supply for the trial balance or the budget, with what account, entity and closing say of it. #}
{% macro ledger_amounts(table) %}
with

ledger as (
    {{ supplied(
        table=table,
        columns={
            'entity_id': 'string',
            'closing_id': 'string',
            'account_code': 'string',
            'department_code': 'string',
            'amount': 'decimal(18, 2)',
        },
    ) }}
),

accounts as (select * from {{ ref('account') }}),

entities as (select * from {{ ref('entity') }}),

closings as (select * from {{ ref('closing') }})

select
    ledger.entity_id,
    ledger.closing_id,
    closings.closing_type,
    closings.period_end as closing_on,
    ledger.account_code,
    ledger.department_code,
    accounts.statement,
    accounts.line_code,
    case
        when accounts.statement = 'balance_sheet' and closings.closing_type in ('opening', 'regular') then 'balance'
        else 'movement'
    end as balance_type,
    entities.currency_code,
    ledger.amount,
    {{ lineage_columns('ledger') }}
from ledger
inner join accounts on ledger.account_code = accounts.account_code
inner join entities on ledger.entity_id = entities.entity_id
inner join closings on ledger.closing_id = closings.closing_id
{% endmacro %}
