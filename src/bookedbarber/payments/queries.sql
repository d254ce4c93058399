-- fragment: payments
select shop_id, payment_id, appointment_id, purpose, state, service_amount, tax_amount,
       tip_amount, amount, refunding, currency::text as currency, stripe_account, via, intent_id,
       left_intent_id, checkout_id, charge_id, card_brand, card_last4, decline_code, created_at,
       captured_at
  from payments

-- fragment: refunds
select r.shop_id, r.refund_id, r.payment_id, r.state, r.service_amount, r.tax_amount,
       r.tip_amount, r.amount, r.currency::text as currency, r.stripe_account,
       r.stripe_refund_id, r.reason, r.note, r.requested_by, r.failure, r.requested_at,
       r.tries, r.asked_at, r.settled_at
  from refunds

-- name: add_payment :count
-- Write down that an amount is to be collected, before Stripe is asked.
insert into payments (shop_id, payment_id, appointment_id, purpose, state, service_amount,
                      tax_amount, tip_amount, amount, currency, stripe_account, via, created_at)
values (:shop_id, :payment_id, :appointment_id, :purpose, 'pending', :service_amount,
        :tax_amount, :tip_amount, :service_amount::bigint + :tax_amount::bigint + :tip_amount::bigint, :currency,
        :stripe_account, :via, :now)

-- name: load_payment :maybe
-- One payment of a shop.
-- row: Payment
-- nullable: intent_id, left_intent_id, checkout_id, charge_id, card_brand, card_last4, decline_code, captured_at
-- type: state bookedbarber.payments.states.PaymentState
-- type: purpose bookedbarber.payments.states.Purpose
-- type: via bookedbarber.payments.states.Via
{{payments}} where shop_id = :shop_id and payment_id = :payment_id

-- name: lock_payment :maybe
-- One payment, which nobody else can change until this transaction ends.
-- row: Payment
-- nullable: intent_id, left_intent_id, checkout_id, charge_id, card_brand, card_last4, decline_code, captured_at
-- type: state bookedbarber.payments.states.PaymentState
-- type: purpose bookedbarber.payments.states.Purpose
-- type: via bookedbarber.payments.states.Via
{{payments}} where shop_id = :shop_id and payment_id = :payment_id for no key update

-- name: list_payments :many
-- The payments of one appointment, oldest first.
-- row: Payment
-- nullable: intent_id, left_intent_id, checkout_id, charge_id, card_brand, card_last4, decline_code, captured_at
-- type: state bookedbarber.payments.states.PaymentState
-- type: purpose bookedbarber.payments.states.Purpose
-- type: via bookedbarber.payments.states.Via
{{payments}} where shop_id = :shop_id and appointment_id = :appointment_id
 order by payment_id

-- name: payments_of :many
-- The payments of several appointments, oldest first.
-- row: Payment
-- nullable: intent_id, left_intent_id, checkout_id, charge_id, card_brand, card_last4, decline_code, captured_at
-- type: state bookedbarber.payments.states.PaymentState
-- type: purpose bookedbarber.payments.states.Purpose
-- type: via bookedbarber.payments.states.Via
{{payments}} where shop_id = :shop_id and appointment_id = any(:appointment_ids::uuid[])
 order by payment_id

-- name: find_by_intent :maybe
-- Whose payment a PaymentIntent collects.
-- row: PaymentRef
-- nullable: intent_id
select shop_id, payment_id, intent_id from payments
 where stripe_account = :stripe_account and intent_id = :intent_id

-- name: find_by_charge :maybe
-- Whose payment a charge collected.
-- row: PaymentRef
-- nullable: intent_id
select shop_id, payment_id, intent_id from payments
 where stripe_account = :stripe_account and charge_id = :charge_id

-- name: note_intent :one
-- Stripe gave us the PaymentIntent: it waits for the client. Says whether that was news (0 or 1).
with gate as (
    update payments set state = 'open', intent_id = :intent_id
     where shop_id = :shop_id and payment_id = :payment_id and state = 'pending'
       and via = 'element'
    returning 1
),
{{audit.record}}
select count(*) as noted from gate

-- name: switch_to_checkout :one
-- From now on a page at Stripe collects this payment, once the intent of ours is cancelled. Says
-- whether that was news (0 or 1).
with gate as (
    update payments set via = 'checkout', intent_id = null, left_intent_id = :left_intent_id
     where shop_id = :shop_id and payment_id = :payment_id
       and state in ('pending', 'open') and via = 'element'
    returning 1
),
{{audit.record}}
select count(*) as switched from gate

-- name: forget_left_intent :count
-- The intent that was given up is cancelled: it collects nothing any more.
update payments set left_intent_id = null
 where shop_id = :shop_id and payment_id = :payment_id and via = 'checkout'

-- name: plan_checkout :maybe
-- When the page at Stripe is to close by itself: the first answer stays. None once it is closed.
update payments set checkout_expires_at = coalesce(checkout_expires_at, :expires_at)
 where shop_id = :shop_id and payment_id = :payment_id and state in ('pending', 'open')
   and via = 'checkout'
returning checkout_expires_at

-- name: note_checkout :one
-- Stripe gave us a page for this payment: it waits for the client. Says whether it does (0 or 1),
-- also when we knew of the page.
with known as materialized (
    select payment_id, checkout_id from payments
     where shop_id = :shop_id and payment_id = :payment_id and state in ('pending', 'open')
       for no key update
),
noted as (
    update payments p set state = 'open', checkout_id = :checkout_id
      from known
     where p.shop_id = :shop_id and p.payment_id = known.payment_id
),
gate as (
    select 1 from known where checkout_id is distinct from :checkout_id
),
{{audit.record}}
select count(*) as open from known

-- name: note_attempt :one
-- What came of the client's last attempt, short of success. Says whether that was news (0 or 1).
-- optional: decline_code
with gate as (
    update payments set state = :to_state, intent_id = :intent_id, decline_code = :decline_code
     where shop_id = :shop_id and payment_id = :payment_id
       and state = any(:from_states::text[])
       -- What becomes of an intent that was given up for a page at Stripe is no news of it.
       and (intent_id = :intent_id or intent_id is null and via = :via)
       and (state, intent_id, decline_code)
           is distinct from (:to_state::text, :intent_id::text, :decline_code::text)
    returning 1
),
{{audit.record}}
select count(*) as noted from gate

-- name: give_up :one
-- The page at Stripe is closed and nothing was paid there. Says whether that was news (0 or 1).
with gate as (
    update payments set state = 'cancelled'
     where shop_id = :shop_id and payment_id = :payment_id and via = 'checkout'
       and state in ('pending', 'open')
    returning 1
),
{{audit.record}}
select count(*) as given_up from gate

-- name: capture :count
-- The money arrived; once only.
-- optional: card_brand, card_last4
update payments
   set state = 'captured', intent_id = :intent_id, charge_id = :charge_id,
       card_brand = :card_brand, card_last4 = :card_last4, decline_code = null,
       captured_at = :captured_at
 where shop_id = :shop_id and payment_id = :payment_id
   and state in ('pending', 'open', 'processing')

-- name: promise_refund :count
-- Set aside part of a payment for a refund, never more than is left.
update payments set refunding = refunding + :amount
 where shop_id = :shop_id and payment_id = :payment_id
   and state = 'captured' and refunding + :amount <= payments.amount

-- name: release_refund :count
-- A promised refund will not happen: its amount may be refunded again.
update payments set refunding = refunding - :amount
 where shop_id = :shop_id and payment_id = :payment_id

-- name: add_refund :count
-- Write down a refund before Stripe is asked.
insert into refunds (shop_id, refund_id, payment_id, state, service_amount, tax_amount,
                     tip_amount, amount, currency, stripe_account, reason, note, requested_by,
                     requested_at, tries, asked_at)
values (:shop_id, :refund_id, :payment_id, 'requested', :service_amount, :tax_amount,
        :tip_amount, :service_amount::bigint + :tax_amount::bigint + :tip_amount::bigint, :currency, :stripe_account,
        :reason, :note, :requested_by, :now, 1, :now)

-- name: load_refund :maybe
-- One refund of a shop.
-- row: Refund
-- nullable: stripe_refund_id, failure, settled_at
-- type: state bookedbarber.payments.states.RefundState
-- type: reason bookedbarber.payments.states.RefundReason
{{refunds}} r where r.shop_id = :shop_id and r.refund_id = :refund_id

-- name: list_refunds :many
-- The refunds of one appointment's payments, oldest first.
-- row: Refund
-- nullable: stripe_refund_id, failure, settled_at
-- type: state bookedbarber.payments.states.RefundState
-- type: reason bookedbarber.payments.states.RefundReason
{{refunds}} r
  join payments p using (shop_id, payment_id)
 where r.shop_id = :shop_id and p.appointment_id = :appointment_id
 order by r.refund_id

-- name: refunds_of :many
-- The refunds of several payments, oldest first.
-- row: Refund
-- nullable: stripe_refund_id, failure, settled_at
-- type: state bookedbarber.payments.states.RefundState
-- type: reason bookedbarber.payments.states.RefundReason
{{refunds}} r where r.shop_id = :shop_id and r.payment_id = any(:payment_ids::uuid[])
 order by r.refund_id

-- name: recent_refunds :many
-- A page of a shop's refunds, newest first, older than `before`.
-- row: Refund
-- nullable: stripe_refund_id, failure, settled_at
-- type: state bookedbarber.payments.states.RefundState
-- type: reason bookedbarber.payments.states.RefundReason
{{refunds}} r where r.shop_id = :shop_id and r.refund_id < :before
 order by r.refund_id desc limit :page

-- name: pending_refunds :many
-- A page of the refunds of all shops that Stripe took and has not finished, asked for before a
-- moment, the longest waiting first, after one.
-- row: Refund
-- nullable: stripe_refund_id, failure, settled_at
-- type: state bookedbarber.payments.states.RefundState
-- type: reason bookedbarber.payments.states.RefundReason
{{refunds}} r where r.state = 'pending' and r.asked_at < :asked_before
   and (r.asked_at, r.refund_id) > (:after_asked::timestamptz, :after_id::uuid)
 order by r.asked_at, r.refund_id limit :page

-- name: find_by_stripe_refund :maybe
-- Whose refund Stripe's refund is.
-- row: RefundRef
select shop_id, refund_id from refunds
 where stripe_account = :stripe_account and stripe_refund_id = :stripe_refund_id

-- name: move_refund :count
-- Move a refund from one of the states it may leave; see states.py for what is allowed.
-- optional: stripe_refund_id, failure, settled_at
update refunds
   set state = :to_state, stripe_refund_id = coalesce(:stripe_refund_id, stripe_refund_id),
       failure = :failure, settled_at = :settled_at
 where shop_id = :shop_id and refund_id = :refund_id and tries = :tries
   and state = any(:from_states::text[])

-- name: send_again :count
-- A refund that came back is to be sent once more: a new try, for which Stripe makes a new refund.
update refunds set state = 'requested', tries = tries + 1, asked_at = :now, failure = null,
                   stripe_refund_id = null, settled_at = null
 where shop_id = :shop_id and refund_id = :refund_id and state = 'failed'
