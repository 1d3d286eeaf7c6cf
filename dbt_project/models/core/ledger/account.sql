-- Grain: one row per account: of the charts, those that are posted on without standing in one, and those that the product derives.
-- The line is what accounts.csv says, else the longest prefix that the ready system knows, else what the chart itself says. An
-- account that is posted on without a line is on the statement's line for such: shown and warned of, never left out.
-- `account_id` is what an account is, `account_code` what people call it: the system's id of it, else its code; where two systems use
-- one for two accounts, the system's name stands before it. accounts.csv names an account by id, or by a code that is of one only.
with

chart as (
    {{ supplied(
        table='account',
        columns={
            'account_id': 'string',
            'account_code': 'string',
            'account_name': 'string',
            'parent_account_code': 'string',
            'source_account_type': 'string',
            'line_code': 'string',
            'cash_flow_line_code': 'string',
            'is_statistical': 'boolean',
        },
    ) }}
),

known as (
    select
        coalesce(chart.source_system, posted.source_system) as source_system,
        coalesce(chart.account_id, chart.account_code, posted.account_id) as source_account_id,
        coalesce(chart.account_code, posted.account_code) as account_code,
        chart.account_name,
        chart.parent_account_code,
        chart.source_account_type,
        chart.line_code,
        chart.cash_flow_line_code,
        coalesce(chart.is_statistical, false) as is_statistical,
        chart.account_code is not null as is_in_chart,
        posted.account_id is not null as is_posted,
        chart.source_table,
        chart.batch_id,
        chart.source_row,
        chart.known_at
    from chart
    full outer join {{ ref('posted_account') }} as posted
        on
            chart.source_system = posted.source_system
            and coalesce(chart.account_id, chart.account_code) = posted.account_id
),

coded as (
    select
        *,
        count(*) over (partition by source_system, account_code) as code_count
    from known
),

declared as (select * from {{ source('company', 'account') }}),

rules as (select * from {{ source('company', 'account_rule') }}),

structure as (
    select * from {{ ref('layout_line') }}
    where not is_subtotal
),

-- What the product derives stands on accounts of its own; they keep the rates at which it was made.
derived as (
    {%- for code, name, role in [
        ('result_of_year', 'Result of the year', 'result_of_year'),
        ('results_of_earlier_years', 'Results of earlier years', 'retained_earnings'),
        ('result_not_carried_over', 'Result that the opening does not carry over', 'retained_earnings'),
        ('translation', 'Translation adjustment', 'translation_adjustment'),
    ] %}
        select
            '{{ code }}' as account_id,
            '{{ name }}' as account_name,
            '{{ role }}' as role
        {{ 'union all' if not loop.last }}
    {%- endfor %}
),

unmapped as (
    select
        max(case when statement = 'profit_and_loss' then line_code end) as income_line_code,
        max(case when statement = 'balance_sheet' then line_code end) as balance_line_code
    from structure
    where role = 'unmapped'
),

matched as (
    select
        coded.source_system,
        coded.source_account_id,
        coalesce(declared.line_code, rules.line_code) as line_code,
        case when declared.line_code is not null then declared.credit_line_code else rules.credit_line_code end
            as credit_line_code,
        case
            when declared.line_code is not null then declared.cash_flow_line_code else rules.cash_flow_line_code
        end as cash_flow_line_code,
        coalesce(declared.currency_method, rules.currency_method) as currency_method,
        row_number() over (
            partition by coded.source_system, coded.source_account_id
            order by
                declared.line_code is null, declared.account_id is null, declared.source_system is null,
                length(rules.account_prefix) desc nulls last
        ) as rank
    from coded
    left join declared
        on
            coded.source_system = coalesce(declared.source_system, coded.source_system)
            and (
                coded.source_account_id = declared.account_id
                or (declared.account_id is null and coded.account_code = declared.account_code and coded.code_count = 1)
            )
    left join rules
        on
            coded.account_code like rules.account_prefix || '%'
            and coalesce(rules.source_system, coded.source_system) = coded.source_system
),

lined as (
    select
        coded.source_system,
        coded.source_account_id,
        coded.account_code,
        coded.code_count,
        coded.account_name,
        coded.parent_account_code,
        coded.source_account_type,
        coded.is_statistical,
        coded.is_in_chart,
        coded.is_posted,
        coded.source_table,
        coded.batch_id,
        coded.source_row,
        coded.known_at,
        coalesce(matched.line_code, coded.line_code) as own_line_code,
        matched.credit_line_code,
        case
            when matched.line_code is not null then matched.cash_flow_line_code else coded.cash_flow_line_code
        end as own_cash_flow_line_code,
        coalesce(matched.currency_method, 'closing') as currency_method,
        count(*) over (partition by coded.source_account_id) > 1
        or coded.source_account_id in (select derived.account_id from derived) as is_shared_id,
        lower(coded.source_account_type) in (
            'revenue', 'expenditures', 'expense', 'income', 'cost', 'k', 'i', '6', '7', 'aufwand', 'ertrag'
        ) as is_of_profit_and_loss
    from coded
    left join matched
        on
            coded.source_system = matched.source_system
            and coded.source_account_id = matched.source_account_id
            and matched.rank = 1
),

placed as (
    select
        lined.*,
        case
            when lined.is_statistical then null
            when lined.own_line_code is not null then lined.own_line_code
            when not lined.is_posted then null
            when lined.is_of_profit_and_loss then unmapped.income_line_code
            else unmapped.balance_line_code
        end as line_code
    from lined
    cross join unmapped
)

select
    case
        when placed.is_shared_id then placed.source_system || ':' || placed.source_account_id
        else placed.source_account_id
    end as account_id,
    placed.source_account_id,
    placed.account_code,
    placed.code_count > 1 as is_shared_code,
    coalesce(placed.account_name, 'Not in the chart: ' || placed.account_code) as account_name,
    placed.parent_account_code,
    placed.source_account_type,
    structure.statement,
    placed.line_code,
    case when placed.line_code is not null then placed.credit_line_code end as credit_line_code,
    placed.own_cash_flow_line_code as cash_flow_line_code,
    placed.currency_method,
    placed.own_line_code is not null as is_posting_account,
    placed.is_statistical,
    placed.is_in_chart,
    placed.source_system,
    placed.source_table,
    placed.batch_id,
    placed.source_row,
    placed.known_at
from placed
left join structure on placed.line_code = structure.line_code
union all
select
    derived.account_id,
    derived.account_id as source_account_id,
    derived.account_id as account_code,
    false as is_shared_code,
    derived.account_name,
    cast(null as {{ dbt.type_string() }}) as parent_account_code,
    cast(null as {{ dbt.type_string() }}) as source_account_type,
    'balance_sheet' as statement,
    structure.line_code,
    cast(null as {{ dbt.type_string() }}) as credit_line_code,
    case when derived.role <> 'translation_adjustment' then owners.line_code end as cash_flow_line_code,
    'historical' as currency_method,
    false as is_posting_account,
    false as is_statistical,
    false as is_in_chart,
    {{ no_lineage('account') }}
from derived
left join structure on derived.role = structure.role
cross join (select min(line_code) as line_code from {{ lines_of_role('cf_owners') }} as named) as owners
