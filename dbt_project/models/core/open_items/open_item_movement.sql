-- Grain: one row per side (receivable, payable), system, open item, movement type and document: what opens and settles an item, in the
-- document's currency, receivable and payable both positive. An item is an invoice or credit note; a payment that names no invoice,
-- or one that no system knows, is an item of its own: a credit that is still to be matched.
{{ config(materialized='view') }}
with

{% for side, partner, invoice in [
    ('receivable', 'customer', 'customer_invoice'), ('payable', 'supplier', 'supplier_invoice')
] %}
    {{ side }}_invoices as (
        select
            source_system,
            {{ invoice }}_id as invoice_id,
            currency_code,
            min(entity_id) as entity_id,
            min({{ partner }}_id) as partner_id,
            min(invoiced_on) as moved_on,
            min(due_on) as due_on,
            sum(net_amount + coalesce(tax_amount, 0)) as amount
        from {{ ref(invoice ~ '_line') }}
        group by source_system, {{ invoice }}_id, currency_code
    ),

    {{ side }}_settlements as (
        select
            source_system,
            'payment' as movement_type,
            {{ partner }}_payment_id as document_id,
            {{ invoice }}_id as invoice_id,
            entity_id,
            {{ partner }}_id as partner_id,
            currency_code,
            paid_on as moved_on,
            -amount as amount
        from {{ ref(partner ~ '_payment') }}
        {%- if side == 'receivable' %}
            union all
            select
                source_system,
                'write_off' as movement_type,
                receivable_write_off_id as document_id,
                customer_invoice_id as invoice_id,
                entity_id,
                customer_id as partner_id,
                currency_code,
                written_off_on as moved_on,
                -amount as amount
            from {{ ref('receivable_write_off') }}
        {%- endif %}
    ),

    {{ side }}_movements as (
        select
            '{{ side }}' as side,
            source_system,
            invoice_id as item_id,
            case when amount < 0 then 'credit_note' else 'invoice' end as movement_type,
            invoice_id as document_id,
            entity_id,
            partner_id,
            currency_code,
            moved_on,
            due_on,
            amount
        from {{ side }}_invoices
        union all
        select
            '{{ side }}' as side,
            settlements.source_system,
            coalesce(invoices.invoice_id, settlements.movement_type || '/' || settlements.document_id) as item_id,
            settlements.movement_type,
            settlements.document_id,
            coalesce(invoices.entity_id, settlements.entity_id) as entity_id,
            coalesce(invoices.partner_id, settlements.partner_id) as partner_id,
            settlements.currency_code,
            settlements.moved_on,
            coalesce(invoices.due_on, settlements.moved_on) as due_on,
            settlements.amount
        from {{ side }}_settlements as settlements
        left join {{ side }}_invoices as invoices
            on
                settlements.source_system = invoices.source_system
                and settlements.invoice_id = invoices.invoice_id
                and settlements.currency_code = invoices.currency_code
    )
    {{- ',' if not loop.last }}
{% endfor %}

select * from receivable_movements
union all
select * from payable_movements
