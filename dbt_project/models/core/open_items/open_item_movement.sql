-- Grain: one row per side (receivable, payable), system, open item, movement type, document and day due: what opens and settles an
-- item, in the document's currency, receivable and payable both positive. An item is an invoice or credit note, in a row per
-- instalment. A payment settles the invoice that it names in its own system; where that has no such number, the one invoice of this
-- number, entity and currency in another system (a bank's payments, an ERP's invoices). A payment that names no invoice, or one that
-- no system knows, is an item of its own: a credit that is still to be matched.
with

{% for side, partner, invoice in [
    ('receivable', 'customer', 'customer_invoice'), ('payable', 'supplier', 'supplier_invoice')
] %}
    {{ side }}_parts as (
        select
            source_system,
            {{ invoice }}_id as invoice_id,
            currency_code,
            due_on,
            min(entity_id) as entity_id,
            min({{ partner }}_id) as partner_id,
            min(invoiced_on) as moved_on,
            sum(net_amount + coalesce(tax_amount, 0)) as amount
        from {{ ref(invoice ~ '_line') }}
        group by source_system, {{ invoice }}_id, currency_code, due_on
    ),

    {{ side }}_invoices as (
        select
            source_system,
            invoice_id,
            currency_code,
            min(entity_id) as entity_id,
            min(partner_id) as partner_id,
            min(moved_on) as moved_on,
            min(due_on) as due_on,
            sum(amount) as amount
        from {{ side }}_parts
        group by source_system, invoice_id, currency_code
    ),

    -- A discount or a line without a day is due with the first instalment.
    {{ side }}_instalments as (
        select
            invoices.source_system,
            invoices.invoice_id,
            invoices.currency_code,
            case
                when sign(parts.amount) = sign(invoices.amount) then coalesce(parts.due_on, invoices.due_on)
                else invoices.due_on
            end as due_on,
            min(invoices.entity_id) as entity_id,
            min(invoices.partner_id) as partner_id,
            min(invoices.moved_on) as moved_on,
            min(invoices.amount) as invoice_amount,
            sum(parts.amount) as amount
        from {{ side }}_invoices as invoices
        inner join {{ side }}_parts as parts
            on
                invoices.source_system = parts.source_system
                and invoices.invoice_id = parts.invoice_id
                and invoices.currency_code = parts.currency_code
        group by
            invoices.source_system,
            invoices.invoice_id,
            invoices.currency_code,
            case
                when sign(parts.amount) = sign(invoices.amount) then coalesce(parts.due_on, invoices.due_on)
                else invoices.due_on
            end
    ),

    {{ side }}_numbers as (select distinct source_system, invoice_id from {{ side }}_invoices),

    {{ side }}_elsewhere as (
        select
            invoice_id,
            entity_id,
            currency_code,
            min(source_system) as source_system,
            min(partner_id) as partner_id,
            min(due_on) as due_on
        from {{ side }}_invoices
        group by invoice_id, entity_id, currency_code
        having count(*) = 1
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
            case when invoice_amount < 0 then 'credit_note' else 'invoice' end as movement_type,
            source_system as document_system,
            invoice_id as document_id,
            true as has_invoice,
            entity_id,
            partner_id,
            currency_code,
            moved_on,
            due_on,
            amount
        from {{ side }}_instalments
        union all
        select
            '{{ side }}' as side,
            coalesce(elsewhere.source_system, settlements.source_system) as source_system,
            coalesce(
                invoices.invoice_id,
                elsewhere.invoice_id,
                settlements.movement_type || '/' || settlements.document_id
                || coalesce('/' || settlements.invoice_id, '')
            ) as item_id,
            settlements.movement_type,
            settlements.source_system as document_system,
            settlements.document_id,
            coalesce(invoices.invoice_id, elsewhere.invoice_id) is not null as has_invoice,
            coalesce(invoices.entity_id, settlements.entity_id) as entity_id,
            coalesce(invoices.partner_id, elsewhere.partner_id, settlements.partner_id) as partner_id,
            settlements.currency_code,
            settlements.moved_on,
            case
                when invoices.invoice_id is not null then invoices.due_on
                when elsewhere.invoice_id is not null then elsewhere.due_on
                else settlements.moved_on
            end as due_on,
            settlements.amount
        from {{ side }}_settlements as settlements
        left join {{ side }}_invoices as invoices
            on
                settlements.source_system = invoices.source_system
                and settlements.invoice_id = invoices.invoice_id
                and settlements.currency_code = invoices.currency_code
        left join {{ side }}_numbers as numbers
            on settlements.source_system = numbers.source_system and settlements.invoice_id = numbers.invoice_id
        left join {{ side }}_elsewhere as elsewhere
            on
                case when numbers.invoice_id is null then settlements.invoice_id end = elsewhere.invoice_id
                and settlements.entity_id = elsewhere.entity_id
                and settlements.currency_code = elsewhere.currency_code
    )
    {{- ',' if not loop.last }}
{% endfor %}

select * from receivable_movements
union all
select * from payable_movements
