{{ config(materialized='view') }}
-- Grain: one row per account of the charts, per account that is posted on without standing in one, and per account that the product derives.
select
    account_id,
    account_code,
    account_name,
    parent_account_code,
    source_account_type,
    statement,
    line_code,
    credit_line_code,
    cash_flow_line_code,
    is_posting_account,
    is_statistical
from {{ ref('account') }}
