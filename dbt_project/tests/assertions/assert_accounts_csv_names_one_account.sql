-- Fails for each row of accounts.csv whose code is of several accounts of a system, as long as one of them that is posted on has no row
-- of its own: the row names none of them, so their amounts would be on another line than the company says, or on none.
with

declared as (select * from {{ source('company', 'account') }}),

ambiguous as (
    select
        declared.line_number,
        declared.account_code,
        declared.line_code,
        accounts.source_system,
        accounts.source_account_id,
        accounts.account_name,
        posted.account_id is not null and own.account_id is null as is_lacking
    from declared
    inner join {{ ref('account') }} as accounts
        on
            declared.account_code = accounts.account_code
            and coalesce(declared.source_system, accounts.source_system) = accounts.source_system
    left join {{ ref('posted_account') }} as posted
        on accounts.source_system = posted.source_system and accounts.source_account_id = posted.account_id
    left join declared as own
        on
            accounts.source_account_id = own.account_id
            and coalesce(own.source_system, accounts.source_system) = accounts.source_system
    where declared.account_id is null and declared.line_code is not null and accounts.is_shared_code
)

select
    line_number,
    'accounts.csv, line ' || cast(line_number as {{ dbt.type_string() }}) || ': ' || account_code || ' is the code of '
    || cast(count(distinct source_account_id) as {{ dbt.type_string() }}) || ' accounts of ' || source_system
    || '; in its place, give each a row with its account_id: '
    || string_agg(
        distinct source_account_id || case when account_name = account_code then '' else ' ' || account_name end, ', '
        order by source_account_id || case when account_name = account_code then '' else ' ' || account_name end
    ) as message
from ambiguous
group by line_number, account_code, line_code, source_system
having max(case when is_lacking then 1 else 0 end) = 1
order by line_number
