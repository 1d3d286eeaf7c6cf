-- Grain: one row per promotion.
select
    "PromotionKey" as promotion_key,
    "EnglishPromotionName" as promotion_name,
    cast("DiscountPct" as decimal(9, 4)) as discount_share,
    "EnglishPromotionType" as promotion_type,
    "EnglishPromotionCategory" as promotion_category,
    cast("StartDate" as date) as valid_from_on,
    cast("EndDate" as date) as valid_to_on,
    {{ lineage_columns() }}
from {{ source('adventureworks_operations', 'dim_promotion') }}
