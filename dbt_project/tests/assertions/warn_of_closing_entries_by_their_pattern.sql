-- Warns of journal entries that look like closing entries and are not typed so, by entity and fiscal year: they take profit and loss
-- accounts to zero against equity, alone or over an income summary. What is recognised is left out of profit and loss, and what was
-- posted after it (`remaining_amount`) is carried forward as a result of earlier years. What is not recognised counts as profit and
-- loss. So does what no entry against equity explains: a period after which most accounts of profit and loss are at 0 that were not.
{{ config(severity='warn') }}
with

balances as (
    select
        entity_id,
        ledger_id,
        fiscal_year,
        stage,
        account_id,
        sum(amount) as amount,
        sum(sum(amount)) over (
            partition by entity_id, ledger_id, fiscal_year, account_id order by stage
        ) as balance_amount
    from {{ ref('ledger_movement') }}
    where statement = 'profit_and_loss' and fiscal_year is not null and stage <= 900
    group by entity_id, ledger_id, fiscal_year, stage, account_id
),

stages as (
    select
        entity_id,
        ledger_id,
        fiscal_year,
        stage,
        sum(case when balance_amount = 0 and amount <> 0 then 1 else 0 end) as zeroed_count,
        sum(case when balance_amount = 0 then amount else 0 end) as amount,
        sum(
            sum(
                case when balance_amount <> 0 then 1 else 0 end - case when balance_amount <> amount then 1 else 0 end
            )
        ) over (partition by entity_id, ledger_id, fiscal_year order by stage) as other_count
    from balances
    group by entity_id, ledger_id, fiscal_year, stage
)

select
    entity_id,
    ledger_id,
    fiscal_year,
    count(*) as entry_count,
    min(posted_on) as first_posted_on,
    max(posted_on) as last_posted_on,
    max(journal_entry_id) as journal_entry_id,
    sum(closed_amount) as closed_amount,
    max(remaining_amount) as remaining_amount,
    case
        when is_recognised then 'taken for closing entries, and left out of profit and loss'
        else 'not taken for closing entries: they count in profit and loss'
    end as reason
from {{ ref('closing_entry') }}
group by entity_id, ledger_id, fiscal_year, is_recognised
union all
select
    entity_id,
    ledger_id,
    fiscal_year,
    zeroed_count as entry_count,
    cast(null as date) as first_posted_on,
    cast(null as date) as last_posted_on,
    cast(null as {{ dbt.type_string() }}) as journal_entry_id,
    amount as closed_amount,
    cast(null as decimal(38, 6)) as remaining_amount,
    'period ' || cast(cast(stage as {{ dbt.type_int() }}) as {{ dbt.type_string() }})
    || ' takes ' || cast(zeroed_count as {{ dbt.type_string() }})
    || ' accounts of profit and loss to 0, and no entry of it is recognised as closing: it counts' as reason
from stages
where zeroed_count >= 2 and zeroed_count >= other_count
order by reason
