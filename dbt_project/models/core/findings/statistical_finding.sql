-- Grain: one row per finding, system and quantity: statistical lines that do not say whether they are movements or balances, where others
-- of their quantity are movements, and where none is.
with

kinds as (
    select
        source_system,
        quantity_name,
        account_code,
        quantity_name || case when account_code = 'none' then '' else ' of account ' || account_code end as named,
        max(case when kind = 'movement' then 1 else 0 end) = 1 as has_movements
    from {{ ref('statistical_line') }}
    group by source_system, quantity_name, account_code
),

findings as (
    select
        case when kinds.has_movements then 'with and without a kind' else 'without a kind' end as finding,
        lines.source_system,
        'statistical line' as document_type,
        lines.entity_id || '/' || cast(lines.recorded_on as {{ dbt.type_string() }}) as document_id,
        kinds.named,
        cast(null as decimal(38, 6)) as amount,
        cast(null as decimal(38, 6)) as quantity,
        cast(null as {{ dbt.type_string() }}) as unit
    from {{ ref('statistical_line') }} as lines
    inner join kinds
        on
            lines.source_system = kinds.source_system
            and lines.quantity_name = kinds.quantity_name
            and lines.account_code = kinds.account_code
    where lines.kind is null
)

{{ named_findings('findings') }}
