-- Fails for each account with postings that the account map gives no statement line, or no line of the cash flow statement
-- though it is on the balance sheet: its amounts are on the lines for such accounts, and nobody has said what they are.
select distinct
    ledger.account_code,
    ledger.entity_id
from {{ ref('trial_balance') }} as ledger
inner join {{ ref('account') }} as account on ledger.account_code = account.account_code
where
    account.line_code is null
    or account.line_code in (select line_code from {{ ref('layout_line') }} where role = 'unmapped')
    or (account.statement = 'balance_sheet' and account.line_code not in (select line_code from {{ ref('layout_line') }} where role = 'cash') and account.cash_flow_line_code is null)
    or (account.statement = 'profit_and_loss' and account.cash_flow_line_code is not null)
