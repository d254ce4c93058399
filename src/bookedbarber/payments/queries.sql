-- fragment: payments
select shop_id, payment_id, appointment_id, purpose, state, service_amount, tax_amount,
       tip_amount, amount, refunding, currency::text as currency, stripe_account, via, intent_id,
       checkout_id, charge_id, card_brand, card_last4, decline_code, created_at, captured_at
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
-- nullable: intent_id, checkout_id, charge_id, card_brand, card_last4, decline_code, captured_at
-- type: state bookedbarber.payments.states.PaymentState
-- type: purpose bookedbarber.payments.states.Purpose
-- type: via bookedbarber.payments.states.Via
{{payments}} where shop_id = :shop_id and payment_id = :payment_id

-- name: lock_payment :maybe
-- One payment, which nobody else can change until this transaction ends.
-- row: Payment
-- nullable: intent_id, checkout_id, charge_id, card_brand, card_last4, decline_code, captured_at
-- type: state bookedbarber.payments.states.PaymentState
-- type: purpose bookedbarber.payments.states.Purpose
-- type: via bookedbarber.payments.states.Via
{{payments}} where shop_id = :shop_id and payment_id = :payment_id for no key update

-- name: list_payments :many
-- The payments of one appointment, oldest first.
-- row: Payment
-- nullable: intent_id, checkout_id, charge_id, card_brand, card_last4, decline_code, captured_at
-- type: state bookedbarber.payments.states.PaymentState
-- type: purpose bookedbarber.payments.states.Purpose
-- type: via bookedbarber.payments.states.Via
{{payments}} where shop_id = :shop_id and appointment_id = :appointment_id
 order by payment_id

-- name: recent_payments :many
-- A page of a shop's payments, newest first, older than `before`.
-- row: Payment
-- nullable: intent_id, checkout_id, charge_id, card_brand, card_last4, decline_code, captured_at
-- type: state bookedbarber.payments.states.PaymentState
-- type: purpose bookedbarber.payments.states.Purpose
-- type: via bookedbarber.payments.states.Via
{{payments}} where shop_id = :shop_id and payment_id < :before
 order by payment_id desc limit :page

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

-- name: note_intent :count
-- Stripe gave us the PaymentIntent: it waits for the client.
update payments set state = 'open', intent_id = :intent_id
 where shop_id = :shop_id and payment_id = :payment_id and state = 'pending'
   and via = 'element'

-- name: switch_to_checkout :count
-- From now on a page at Stripe collects this payment; an intent of ours collects it no more.
update payments set via = 'checkout', intent_id = null
 where shop_id = :shop_id and payment_id = :payment_id
   and state in ('pending', 'open') and via = 'element'

-- name: note_checkout :count
-- Stripe gave us a page for this payment: it waits for the client.
update payments set state = 'open', checkout_id = :checkout_id
 where shop_id = :shop_id and payment_id = :payment_id and state in ('pending', 'open')

-- name: note_attempt :count
-- What came of the client's last attempt, short of success.
-- optional: decline_code
update payments set state = :to_state, intent_id = :intent_id, decline_code = :decline_code
 where shop_id = :shop_id and payment_id = :payment_id
   and state = any(:from_states::text[])
   -- What becomes of an intent that was given up for a page at Stripe is no news of the payment.
   and (intent_id = :intent_id or intent_id is null and via = :via)

-- name: give_up :count
-- The page at Stripe is closed and nothing was paid there.
update payments set state = 'cancelled'
 where shop_id = :shop_id and payment_id = :payment_id and via = 'checkout'
   and state in ('pending', 'open')

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

-- name: pending_refunds :many
-- Refunds of all shops that Stripe took and has not finished, asked for before a moment.
-- row: Refund
-- nullable: stripe_refund_id, failure, settled_at
-- type: state bookedbarber.payments.states.RefundState
-- type: reason bookedbarber.payments.states.RefundReason
{{refunds}} r where r.state = 'pending' and r.asked_at < :asked_before
 order by r.asked_at limit :page

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
