-- Grain: one row per component of an assembly and validity.
select
    "BillOfMaterialsID" as bill_of_material_key,
    "ProductAssemblyID" as assembly_product_id,
    "ComponentID" as component_product_id,
    cast("StartDate" as date) as valid_from_on,
    cast("EndDate" as date) as valid_to_on,
    "UnitMeasureCode" as unit_code,
    "BOMLevel" as bom_level,
    cast("PerAssemblyQty" as decimal(19, 4)) as per_assembly_qty,
    {{ lineage_columns() }}
from {{ source('adventureworks_erp', 'bill_of_materials') }}
