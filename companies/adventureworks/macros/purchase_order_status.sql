{# The ERP's status codes in words. #}
{% macro purchase_order_status(status_code) -%}
    case {{ status_code }} when 1 then 'pending' when 2 then 'approved' when 3 then 'rejected' when 4 then 'complete' end
{%- endmacro %}
