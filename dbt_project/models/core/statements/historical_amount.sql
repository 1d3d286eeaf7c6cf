-- Grain: one row per scenario, entity, closing, account and department of the accounts in foreign currency that keep the rates of
-- their movements: those whose method is historical (capital, reserves), and the results of earlier years that the product derives.
-- A movement takes the rate of its day where the entity keeps a journal and that day has one, else its period's average; what an
-- entity has when it comes takes the rate of that moment (`brought_rate`). A result keeps the amount at which it was made, year by
-- year, for as long as it is derived, and when the books carry it to an account of their own.
with

balances as (
    select * from {{ ref('translated_amount') }}
    where currency_method = 'historical' and is_foreign and balance_type = 'balance' and role <> 'result_of_year'
),

closings as (
    select
        scenario,
        entity_id,
        closing_id,
        closing_type,
        period_number,
        max(average_rate) as average_rate,
        max(brought_rate) as brought_rate,
        max(group_currency_code) as group_currency_code,
        min(period_number) over (partition by scenario, entity_id) as first_period_number
    from {{ ref('translated_amount') }}
    where closing_type in ('opening', 'regular') and is_foreign
    group by scenario, entity_id, closing_id, closing_type, period_number
    -- Where an entity leaves in the middle of a period it has a result then, and no balances.
    having max(case when balance_type = 'balance' then 1 else 0 end) = 1
),

-- What each year's result was in the end.
years as (
    select
        *,
        row_number() over (
            partition by scenario, entity_id, fiscal_year order by period_number desc
        ) as from_last
    from {{ ref('result_to_date') }}
),

earlier as (
    select
        derived.entity_id,
        derived.closing_id,
        cast(sum(derived.amount) as decimal(38, 6)) as amount,
        cast(sum(
            case
                when derived.amount = years.amount then years.group_amount
                when years.amount <> 0
                    then {{ in_smallest_unit(
                        'derived.amount * years.group_amount / years.amount', 'firsts.group_currency_code'
                    ) }}
                else {{ in_smallest_unit('derived.amount * firsts.brought_rate', 'firsts.group_currency_code') }}
            end
        ) as decimal(38, 6)) as group_amount
    from {{ ref('derived_result') }} as derived
    inner join closings as firsts
        on
            derived.entity_id = firsts.entity_id
            and firsts.scenario = 'actual'
            and firsts.period_number = firsts.first_period_number
    left join years
        on
            derived.entity_id = years.entity_id
            and derived.fiscal_year = years.fiscal_year
            and years.scenario = 'actual'
            and years.from_last = 1
    where derived.part = 'results_of_earlier_years'
    group by derived.entity_id, derived.closing_id
),

-- What left the results, made and derived, for accounts of the books: a closing or an opening entry, a resolution of the owners.
taken as (
    select
        results.scenario,
        results.entity_id,
        results.closing_id,
        lag(results.amount + coalesce(earlier.amount, 0)) over entities
        + results.period_amount - results.amount - coalesce(earlier.amount, 0) as amount,
        lag(results.group_amount + coalesce(earlier.group_amount, 0)) over entities
        + results.period_group_amount - results.group_amount - coalesce(earlier.group_amount, 0) as group_amount
    from {{ ref('result_to_date') }} as results
    left join earlier
        on
            results.entity_id = earlier.entity_id
            and results.closing_id = earlier.closing_id
            and results.scenario = 'actual'
    window entities as (partition by results.scenario, results.entity_id order by results.period_number)
),

posted as (
    select
        holding.entity_id,
        holding.closing_id,
        accounts.account_id,
        lines.department_code,
        lines.posted_on,
        sum(lines.amount) as amount
    from {{ ref('journal_line') }} as lines
    inner join {{ ref('account') }} as accounts
        on
            lines.source_system = accounts.source_system
            and lines.account_id = accounts.source_account_id
            and accounts.currency_method = 'historical'
    {{ with_posting_period() }}
    inner join {{ ref('entity_closing') }} as holding
        on
            lines.entity_id = holding.entity_id
            and lines.ledger_id = holding.ledger_id
            and holding.closing_type = 'regular'
            and posted.fiscal_year * 1000 + posted.stage
            between holding.first_order and holding.closing_order
    where
        closing_entries.journal_entry_id is null
        and lines.entity_id in (select closings.entity_id from closings)
    group by
        holding.entity_id, holding.closing_id, accounts.account_id, lines.department_code, lines.posted_on
),

priced as (
    select
        posted.entity_id,
        posted.closing_id,
        posted.account_id,
        posted.department_code,
        sum(posted.amount) as amount,
        sum({{ in_smallest_unit('posted.amount * rates.rate', 'group_entity.currency_code') }}) as group_amount
    from posted
    inner join {{ ref('entity') }} as entities on posted.entity_id = entities.entity_id
    inner join {{ ref('entity') }} as group_entity on group_entity.is_group
    inner join {{ ref('day_rate') }} as rates
        on
            entities.currency_code = rates.from_currency_code
            and group_entity.currency_code = rates.to_currency_code
            and posted.posted_on = rates.rate_on
    group by posted.entity_id, posted.closing_id, posted.account_id, posted.department_code
),

accounts as (
    select
        scenario,
        entity_id,
        account_id,
        department_code,
        max(line_code) as line_code,
        max(role) as role,
        min(period_number) as since_period_number
    from balances
    where account_id <> 'results_of_earlier_years'
    group by scenario, entity_id, account_id, department_code
),

movements as (
    select
        closings.scenario,
        closings.entity_id,
        closings.closing_id,
        closings.closing_type,
        closings.period_number,
        coalesce(balances.line_code, accounts.line_code) as line_code,
        accounts.role,
        accounts.account_id,
        accounts.department_code,
        coalesce(balances.amount, 0) as amount,
        coalesce(balances.amount, 0) - coalesce(lag(balances.amount) over (
            partition by accounts.scenario, accounts.entity_id, accounts.account_id, accounts.department_code
            order by closings.period_number
        ), 0) as movement,
        case
            when closings.period_number = closings.first_period_number then closings.brought_rate
            else closings.average_rate
        end as rate,
        closings.group_currency_code,
        coalesce(priced.amount, 0) as priced_amount,
        coalesce(priced.group_amount, 0) as priced_group_amount
    from accounts
    inner join closings
        on
            accounts.scenario = closings.scenario
            and accounts.entity_id = closings.entity_id
            and accounts.since_period_number <= closings.period_number
    left join balances
        on
            accounts.scenario = balances.scenario
            and accounts.entity_id = balances.entity_id
            and closings.closing_id = balances.closing_id
            and accounts.account_id = balances.account_id
            and accounts.department_code = balances.department_code
    left join priced
        on
            accounts.scenario = 'actual'
            and accounts.entity_id = priced.entity_id
            and closings.closing_id = priced.closing_id
            and accounts.account_id = priced.account_id
            and accounts.department_code = priced.department_code
),

-- The account that moved by what was taken carries it, else the first one of retained earnings.
carried as (
    select
        movements.*,
        taken.amount as taken_amount,
        taken.group_amount as taken_group_amount,
        row_number() over (
            partition by movements.scenario, movements.entity_id, movements.closing_id
            order by
                movements.movement - movements.priced_amount <> taken.amount or taken.amount = 0,
                movements.role <> 'retained_earnings',
                movements.account_id, movements.department_code
        ) as choice
    from movements
    left join taken
        on
            movements.scenario = taken.scenario
            and movements.entity_id = taken.entity_id
            and movements.closing_id = taken.closing_id
),

valued as (
    select
        *,
        priced_group_amount + case
            when
                choice = 1 and taken_amount is not null
                and (role = 'retained_earnings' or (taken_amount <> 0 and movement - priced_amount = taken_amount))
                then
                    {{ in_smallest_unit('(movement - priced_amount - taken_amount) * rate', 'group_currency_code') }}
                    + taken_group_amount
            else {{ in_smallest_unit('(movement - priced_amount) * rate', 'group_currency_code') }}
        end as group_movement
    from carried
)

select
    scenario,
    entity_id,
    closing_id,
    closing_type,
    line_code,
    account_id,
    department_code,
    cast(amount as decimal(38, 6)) as amount,
    cast(sum(group_movement) over (
        partition by scenario, entity_id, account_id, department_code order by period_number
    ) as decimal(38, 6)) as group_amount
from valued
union all
select
    balances.scenario,
    balances.entity_id,
    balances.closing_id,
    balances.closing_type,
    balances.line_code,
    balances.account_id,
    balances.department_code,
    balances.amount,
    earlier.group_amount
from balances
left join earlier on balances.entity_id = earlier.entity_id and balances.closing_id = earlier.closing_id
where balances.account_id = 'results_of_earlier_years'
