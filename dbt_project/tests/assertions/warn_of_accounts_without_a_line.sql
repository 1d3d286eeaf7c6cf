-- Warns of each account with postings that nobody has given a line of a statement, or, on the balance sheet, none of the cash
-- flow statement. Its amounts are shown as unmapped and unexplained, and are in the tie-outs of these names.
{{ config(severity='warn') }}
with

lacking as (
    select
        amounts.account_id,
        amounts.role,
        amounts.currency_code,
        amounts.entity_id,
        sum(case when amounts.balance_type = 'movement' or amounts.is_last then amounts.amount else 0 end) as amount
    from (
        select
            *,
            period_number = max(period_number) over (partition by entity_id, balance_type) as is_last
        from {{ ref('translated_amount') }}
        where scenario = 'actual'
    ) as amounts
    left join {{ ref('account') }} as accounts on amounts.account_id = accounts.account_id
    left join {{ ref('layout_line') }} as account_lines on accounts.line_code = account_lines.line_code
    where
        amounts.amount <> 0
        and (
            amounts.role = 'unmapped'
            or (
                amounts.statement = 'balance_sheet'
                and amounts.role not in ('cash', 'result_of_year', 'retained_earnings')
                and accounts.cash_flow_line_code is null
                and coalesce(account_lines.role, '') <> 'cash'
                and exists {{ lines_of_role('cf_result') }}
            )
        )
    group by amounts.account_id, amounts.role, amounts.currency_code, amounts.entity_id
),

by_account as (
    select
        account_id,
        role,
        string_agg(
            entity_id || ' ' || cast(cast(amount as decimal(38, 2)) as {{ dbt.type_string() }}) || ' ' || currency_code,
            ', ' order by entity_id
        ) as amounts,
        sum(abs(amount)) as size
    from lacking
    group by account_id, role
)

select
    by_account.account_id,
    'account ' || accounts.account_code
    || case when accounts.account_name = accounts.account_code then '' else ' ' || accounts.account_name end
    || ' has no line of '
    || case when by_account.role = 'unmapped' then 'a statement' else 'the cash flow statement' end
    || ' (' || by_account.amounts || '): give it one in accounts.csv'
    || case
        when accounts.is_shared_code
            then ', by account_id ' || accounts.source_account_id || ': its code is of several accounts'
        else ''
    end as message
from by_account
left join {{ ref('account') }} as accounts on by_account.account_id = accounts.account_id
order by by_account.role <> 'unmapped' asc, by_account.size desc, by_account.account_id asc
