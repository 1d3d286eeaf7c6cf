-- Fails when order lines of one product version, day and quantity have list prices that differ by the customer's currency:
-- the amounts would then not all be US dollars, as core takes them to be.
select
    product_key,
    ordered_on,
    count(distinct unit_price) as price_count
from {{ ref('sales_order_line') }}
where channel = 'internet' and discount_amount = 0
group by product_key, ordered_on
having count(distinct unit_price) > 1 and count(distinct customer_currency_code) > 1
