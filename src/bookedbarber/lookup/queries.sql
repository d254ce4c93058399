-- fragment: matching
  from payments p
 where p.shop_id = :shop_id and p.payment_id >= :low and p.payment_id < :high
   and (:only_barber::uuid is null or p.barber_id = :only_barber)
   and (:status::text is null or p.status = :status)
   and (:purpose::text is null or p.purpose = :purpose)
   and (:barber_id::uuid is null or p.barber_id = :barber_id)
   and (:service_id::uuid is null or p.service_id = :service_id)
   and (:least::bigint is null or p.amount >= :least)
   and (:most::bigint is null or p.amount <= :most)
   and (:exact::bigint is null and :last4::text is null
        or p.amount = :exact or p.card_last4 = :last4)
   and (:appointment_id::uuid is null or p.appointment_id = :appointment_id)
   and (:refund_id::uuid is null or p.payment_id = (
        select payment_id from refunds where shop_id = :shop_id and refund_id = :refund_id))
   and (:email_index::bytea is null or p.appointment_id = any(array(
        select appointment_id from clients join appointments using (shop_id, client_id)
         where shop_id = :shop_id and email_index = :email_index)))
   and (:stripe_id::text is null or p.payment_id = any(array(
        select x.payment_id from shops s join payments x using (shop_id, stripe_account)
         where s.shop_id = :shop_id and x.intent_id = :stripe_id
         union all
        select x.payment_id from shops s join payments x using (shop_id, stripe_account)
         where s.shop_id = :shop_id and x.charge_id = :stripe_id
         union all
        select r.payment_id from shops s join refunds r using (shop_id, stripe_account)
         where s.shop_id = :shop_id and r.stripe_refund_id = :stripe_id)))

-- fragment: listed
select p.payment_id, p.appointment_id, p.purpose, p.state, p.status, p.service_amount,
       p.tax_amount, p.tip_amount, p.amount, p.refunding, p.currency::text as currency,
       p.card_brand, p.card_last4, p.decline_code, p.created_at, p.captured_at, p.intent_id,
       p.charge_id, p.barber_id, b.name as barber, p.service_id, a.service_name as service,
       a.starts_at, a.client_id, a.key_id, a.guest_name
  from page p
  join appointments a using (shop_id, appointment_id)
  join barbers b on b.shop_id = p.shop_id and b.barber_id = p.barber_id
 order by p.payment_id

-- name: older :many
-- The newest payments within [low, high) that match, the oldest of them first.
-- row: Listed
-- nullable: card_brand, card_last4, decline_code, captured_at, intent_id, charge_id
-- optional: only_barber, status, purpose, barber_id, service_id, least, most, exact, last4, appointment_id, refund_id, email_index, stripe_id
-- type: purpose bookedbarber.payments.states.Purpose
-- type: state bookedbarber.payments.states.PaymentState
-- type: status bookedbarber.lookup.words.Status
with page as materialized (
    select p.* {{matching}} order by p.payment_id desc limit :page
) {{listed}}

-- name: newer :many
-- The oldest payments within [low, high) that match, the oldest first.
-- row: Listed
-- nullable: card_brand, card_last4, decline_code, captured_at, intent_id, charge_id
-- optional: only_barber, status, purpose, barber_id, service_id, least, most, exact, last4, appointment_id, refund_id, email_index, stripe_id
-- type: purpose bookedbarber.payments.states.Purpose
-- type: state bookedbarber.payments.states.PaymentState
-- type: status bookedbarber.lookup.words.Status
with page as materialized (
    select p.* {{matching}} order by p.payment_id limit :page
) {{listed}}

-- name: trail_of :many
-- What was done to these objects, in the order of time.
-- row: TrailEvent
select event_id, at, actor, act, object, facts from audit_events
 where shop_id = :shop_id and object = any(:objects::text[]) order by at, event_id

-- name: letters_about :many
-- The letters about one appointment, unopened, in the order of time.
-- row: Letter
-- nullable: sent_at
select message_id, kind, state, created_at, sent_at from messages
 where shop_id = :shop_id and appointment_id = :appointment_id order by message_id

-- name: events_about :many
-- Stripe's events about one PaymentIntent and what hangs on it, in the order they were made. They
-- belong to no shop: for the platform's role.
-- row: StripeEvent
-- nullable: object_id, failure, finished_at
select event_id, type, object_id, created, received_at, state, failure, finished_at
  from webhook_events
 where stripe_account = :stripe_account and coalesce(intent_id, object_id) = :intent_id
 order by created, received_at, event_id limit 200

-- name: lines_about :many
-- The entries that booked a charge, some refunds, or what `happened` names, line by line, as they
-- were booked: what raises an item before what settles it. What Stripe converted has two entries,
-- one in each currency.
-- row: Line
-- nullable: reverses
with touched as (
    select e.happened from postings p join entries e using (shop_id, entry_id)
     where p.shop_id = :shop_id and p.account in ('awaiting_stripe', 'refunds_payable')
       and p.item = any(:items::text[])
),
wanted as (
    select happened from touched
    union
    select 'balance_transaction:' || substr(happened, 11) from touched
     where happened like 'exchanged:%'
    union
    select unnest(:happened::text[])
)
select e.entry_id, e.kind, e.happened, e.effective_at, e.recorded_at, e.reverses, p.account, p.side,
       p.amount, p.currency::text as currency, p.item
  from wanted join entries e on e.happened = wanted.happened
  join postings p using (shop_id, entry_id)
 where e.shop_id = :shop_id
 order by e.recorded_at, e.kind in ('payment_captured', 'refund_promised') desc, e.entry_id,
          p.line

-- name: movements_by_id :many
-- Movements of Stripe's balance, in the order of time.
-- row: Moved
select id, type, source, amount, fee, net, currency::text as currency, created, available_on,
       recorded_at
  from balance_transactions
 where stripe_account = :stripe_account and id = any(:ids::text[]) order by created, id

-- name: evidence_of :one
-- Who agreed to which terms, when and from where: sealed, all but the terms. Who walked in agreed
-- from nowhere.
-- row: SealedEvidence
-- nullable: booked_ip, booked_device
select a.booked_at, a.booked_ip, a.booked_device, a.terms_version, t.text as terms, t.adopted_at
  from appointments a join shop_terms t on t.shop_id = a.shop_id and t.version = a.terms_version
 where a.shop_id = :shop_id and a.appointment_id = :appointment_id

-- name: barbers_named :many
-- Everybody who works or worked in the shop, in its own order.
-- row: Named
select barber_id as id, name, active from barbers
 where shop_id = :shop_id order by active desc, position, name

-- name: services_named :many
-- Everything the shop sells or sold, in its own order.
-- row: Named
select service_id as id, name, active from services
 where shop_id = :shop_id order by active desc, position, name

-- name: bookings_found :many
-- The booking of that id, or those of the client with that address, the latest first.
-- row: FoundBooking
-- optional: only_barber, appointment_id, email_index
-- type: state bookedbarber.booking.states.AppointmentState
select a.appointment_id, a.state, a.starts_at, a.service_name as service, b.name as barber,
       a.client_id, a.key_id, a.guest_name
  from appointments a join barbers b using (shop_id, barber_id)
 where a.shop_id = :shop_id
   and (:only_barber::uuid is null or a.barber_id = :only_barber)
   and (:appointment_id::uuid is null or a.appointment_id = :appointment_id)
   and (:email_index::bytea is null or a.client_id = (
        select client_id from clients where shop_id = :shop_id and email_index = :email_index))
 order by a.starts_at desc, a.appointment_id limit :page

-- name: refunds_found :many
-- The refund of that id, or of that id of Stripe's.
-- row: FoundRefund
-- optional: only_barber, refund_id, stripe_id
-- type: state bookedbarber.payments.states.RefundState
select r.refund_id, r.payment_id, r.state, r.amount, r.currency::text as currency, r.requested_at
  from refunds r join payments p using (shop_id, payment_id)
 where r.shop_id = :shop_id
   and (:only_barber::uuid is null or p.barber_id = :only_barber)
   and (:refund_id::uuid is null or r.refund_id = :refund_id)
   and (:stripe_id::text is null or (r.stripe_account, r.stripe_refund_id) = (
        select s.stripe_account, :stripe_id from shops s where s.shop_id = :shop_id))

-- name: status_of :one
-- How a payment stands, in the words of people.
-- type: status bookedbarber.lookup.words.Status
select status from payments where shop_id = :shop_id and payment_id = :payment_id
