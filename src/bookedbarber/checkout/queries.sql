-- name: load_for_settling :maybe
-- A payment and the visit it pays for, as they stand.
-- row: Settling
-- nullable: charge_id
-- type: payment_state bookedbarber.payments.states.PaymentState
-- type: appointment_state bookedbarber.booking.states.AppointmentState
-- type: purpose bookedbarber.payments.states.Purpose
select p.payment_id, p.purpose, p.state as payment_state,
       p.service_amount, p.tax_amount, p.tip_amount, p.amount, p.currency::text as currency,
       p.stripe_account, p.charge_id,
       a.appointment_id, a.state as appointment_state, a.barber_id, a.starts_at,
       upper(a.blocked) as blocked_until
  from payments p join appointments a using (shop_id, appointment_id)
 where p.shop_id = :shop_id and p.payment_id = :payment_id

-- name: settle :one
-- A payment arrived for a held slot: capture it, confirm the appointment, book it, note it, and
-- ask for the confirmation, in one statement. 0 when either had moved on: load and decide again.
-- optional: card_brand, card_last4, reverses, parties[]
with appointment as materialized (
    -- Locked first, moved last: it must not be confirmed unless the payment is taken.
    select shop_id, appointment_id from appointments
     where shop_id = :shop_id and appointment_id = :appointment_id and state = 'held'
       for no key update
),
gate as (
    update payments
       set state = 'captured', intent_id = :intent_id, charge_id = :charge_id,
           card_brand = :card_brand, card_last4 = :card_last4, decline_code = null,
           captured_at = :effective_at
      from appointment
     where payments.shop_id = :shop_id and payment_id = :payment_id
       and payments.state in ('pending', 'open', 'processing')
    returning payments.shop_id, payments.appointment_id
),
confirmed as (
    update appointments a set state = 'confirmed', held_until = null
      from gate
     where a.shop_id = gate.shop_id and a.appointment_id = gate.appointment_id
),
{{ledger.post}},
{{audit.record}},
{{jobs.enqueue}}
select count(*) as settled from gate
