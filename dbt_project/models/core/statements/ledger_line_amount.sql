-- Grain: one row per entity, closing, scenario, account and department; debit positive, in the entity's and the group's currency.
-- Translation: movements at the period's average rate, balances at the closing rate, each rounded to the cent. Current
-- retained earnings in the group's currency are the translated net incomes of the fiscal year so far; what then fails
-- to balance is the translation adjustment, a row with the account `translation` and the department `none`.
with

actual as (
    select
        'actual' as scenario,
        *
    from {{ ref('trial_balance') }}
),

budget as (
    select
        'budget' as scenario,
        *
    from {{ ref('budget') }}
),

ledger as (
    select * from actual
    union all
    select * from budget
),

closings as (select * from {{ ref('closing') }}),

rates as (select * from {{ ref('closing_rate') }}),

translated as (
    select
        ledger.scenario,
        ledger.entity_id,
        ledger.closing_id,
        ledger.closing_type,
        closings.fiscal_year,
        closings.fiscal_period,
        ledger.statement,
        ledger.line_code,
        ledger.account_code,
        ledger.department_code,
        ledger.balance_type,
        ledger.amount,
        cast(round(
            ledger.amount
            * case when ledger.balance_type = 'balance' then rates.closing_rate else rates.average_rate end,
            2
        ) as decimal(18, 2)) as translated_amount
    from ledger
    inner join closings on ledger.closing_id = closings.closing_id
    inner join {{ ref('entity') }} as entities on ledger.entity_id = entities.entity_id
    inner join rates on entities.currency_code = rates.currency_code and ledger.closing_id = rates.closing_id
),

net_income as (
    select
        entity_id,
        closing_id,
        fiscal_year,
        fiscal_period,
        sum(translated_amount) as translated_amount
    from translated
    where scenario = 'actual' and statement = 'profit_and_loss' and closing_type = 'regular'
    group by entity_id, closing_id, fiscal_year, fiscal_period
),

net_income_to_date as (
    select
        entity_id,
        closing_id,
        cast(sum(translated_amount) over (
            partition by entity_id, fiscal_year order by fiscal_period
        ) as decimal(18, 2)) as translated_amount
    from net_income
),

group_amounts as (
    select
        translated.scenario,
        translated.entity_id,
        translated.closing_id,
        translated.closing_type,
        translated.statement,
        translated.line_code,
        translated.account_code,
        translated.department_code,
        translated.balance_type,
        translated.amount,
        coalesce(net_income_to_date.translated_amount, translated.translated_amount) as group_amount
    from translated
    left join net_income_to_date
        on
            translated.entity_id = net_income_to_date.entity_id
            and translated.closing_id = net_income_to_date.closing_id
            and translated.line_code = 'current_retained_earnings'
            and translated.balance_type = 'balance'
),

translation_adjustments as (
    select
        'actual' as scenario,
        entity_id,
        closing_id,
        max(closing_type) as closing_type,
        'balance_sheet' as statement,
        'translation_adjustment' as line_code,
        'translation' as account_code,
        'none' as department_code,
        'balance' as balance_type,
        cast(0 as decimal(18, 2)) as amount,
        cast(-sum(group_amount) as decimal(18, 2)) as group_amount
    from group_amounts
    where balance_type = 'balance'
    group by entity_id, closing_id
),

final as (
    select * from group_amounts
    union all
    select * from translation_adjustments
)

select * from final
