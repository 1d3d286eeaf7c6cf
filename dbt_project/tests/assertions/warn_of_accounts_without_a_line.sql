-- Warns of each account with postings that nobody has given a line of a statement, or, on the balance sheet, none of the cash
-- flow statement. Its amounts are shown as unmapped and unexplained, and are in the tie-outs of these names.
{{ config(severity='warn') }}
with

posted as (
    select
        account_code,
        role,
        statement,
        string_agg(distinct entity_id, ', ' order by entity_id) as entities
    from {{ ref('translated_amount') }}
    where scenario = 'actual' and amount <> 0
    group by account_code, role, statement
)

select
    posted.account_code,
    accounts.account_name,
    case
        when posted.role = 'unmapped' then 'line of a statement'
        else 'line of the cash flow statement'
    end as missing,
    posted.entities,
    'give it one in accounts.csv' as what_to_do
from posted
left join {{ ref('account') }} as accounts on posted.account_code = accounts.account_code
where
    posted.role = 'unmapped'
    or (
        posted.statement = 'balance_sheet'
        and posted.role <> 'cash'
        and accounts.account_code is not null
        and accounts.cash_flow_line_code is null
        and exists {{ lines_of_role('cf_result') }}
    )
