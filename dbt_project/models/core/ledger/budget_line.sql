-- Grain: one row per version, entity, period, account, department and product of what people plan; debit positive.
-- A period is named as the entity's calendar names it, or by a day of it.
with

lines as (
    {{ supplied(
        table='budget_line',
        columns={
            'version_id': 'string',
            'version_name': 'string',
            'version_kind': 'string',
            'issued_on': 'date',
            'is_current': 'boolean',
            'entity_id': 'string',
            'period_id': 'string',
            'budgeted_on': 'date',
            'account_id': 'string',
            'account_code': 'string',
            'department_code': 'string',
            'product_id': 'string',
            'amount': 'decimal(38, 6)',
            'currency_code': 'string',
        },
    ) }}
)

select
    version_id,
    version_name,
    coalesce(version_kind, 'budget') as version_kind,
    issued_on,
    is_current,
    entity_id,
    period_id,
    budgeted_on,
    coalesce(nullif(trim(account_id), ''), nullif(trim(account_code), ''), '(no account)') as account_id,
    coalesce(nullif(trim(account_code), ''), nullif(trim(account_id), ''), '(no account)') as account_code,
    coalesce(nullif(trim(department_code), ''), 'none') as department_code,
    coalesce(nullif(trim(product_id), ''), 'none') as product_id,
    coalesce(period_id, cast(budgeted_on as {{ dbt.type_string() }})) as budgeted_period,
    amount,
    currency_code,
    {{ lineage_columns() }}
from lines
