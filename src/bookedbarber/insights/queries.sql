-- name: captured_in :many
-- How many payments were captured in each window, and how much. Windows may overlap.
-- row: Captured
select captured.payments, captured.amount
  from unnest(:since::timestamptz[], :until::timestamptz[])
       with ordinality as w (since, until, number)
  cross join lateral (
        select count(*) as payments, coalesce(sum(p.amount), 0)::bigint as amount
          from payments p
         where p.shop_id = :shop_id and p.state = 'captured'
           and p.captured_at >= w.since and p.captured_at < w.until) as captured
 order by w.number

-- name: declined_in :many
-- How many attempts were declined in each window.
select declined.attempts
  from unnest(:since::timestamptz[], :until::timestamptz[])
       with ordinality as w (since, until, number)
  cross join lateral (
        select count(*) as attempts from audit_events e
         where e.shop_id = :shop_id and e.act = 'payment.declined'
           and e.at >= w.since and e.at < w.until) as declined
 order by w.number

-- name: first_captured :one
-- When the shop's first payment was captured.
-- nullable: at
select min(captured_at) as at from payments where shop_id = :shop_id and state = 'captured'

-- name: declines_by_code :many
-- Why attempts were declined since a moment, the most frequent first.
-- row: Declines
select coalesce(facts ->> 'decline_code', '') as code, count(*) as attempts
  from audit_events
 where shop_id = :shop_id and act = 'payment.declined' and at >= :since
 group by 1 order by 2 desc, 1

-- name: awaiting :many
-- Captured since a moment, and no movement of Stripe's balance is booked for it: the oldest first,
-- each with the sums of all of it. One pass, since it holds every payment against the movements.
-- row: Unmoved
select p.payment_id, p.amount, p.captured_at, count(*) over () as payments,
       (sum(p.amount) over ())::bigint as total
  from payments p
 where p.shop_id = :shop_id and p.state = 'captured' and p.captured_at >= :awaiting_since
   and not exists (select from balance_transactions b
                    where b.shop_id = p.shop_id and b.source = p.charge_id)
 order by p.captured_at limit :page

-- name: available_from :many
-- What becomes available at Stripe on each day that is still to come, in UTC as Stripe counts.
-- row: Available
select (available_on at time zone 'UTC')::date as day, currency::text as currency,
       sum(net)::bigint as net, sum(fee)::bigint as fees, count(*) as movements
  from balance_transactions
 where shop_id = :shop_id and available_on > :now
 group by 1, 2 order by 1, 2 limit 60

-- name: attention :many
-- What somebody should look at, at most `page` of each kind, the oldest first; visits by their day
-- on the shop's wall.
-- row: Attention
-- nullable: amount, failure
-- type: kind bookedbarber.insights.kinds.Kind
(select 'refund_came_back' as kind, r.refund_id as id, r.payment_id as about, r.amount,
        coalesce(r.settled_at, r.asked_at) as since, r.failure, 1 as count
   from refunds r
  where r.shop_id = :shop_id and r.state in ('requested', 'pending', 'failed')
    and r.state = 'failed'
  order by r.asked_at limit :page)
union all
(select 'refund_waits', r.refund_id, r.payment_id, r.amount, r.asked_at, null, 1
   from refunds r
  where r.shop_id = :shop_id and r.state in ('requested', 'pending', 'failed')
    and r.state <> 'failed' and r.reason in ('slot_lost', 'duplicate') and r.asked_at < :waits_since
  order by r.asked_at limit :page)
union all
(select 'visit_not_completed', (array_agg(a.appointment_id order by a.ends_at))[1],
        (array_agg(a.appointment_id order by a.ends_at))[1], null, min(a.ends_at), null,
        count(*)::int
   from appointments a
  where a.shop_id = :shop_id and a.state in ('confirmed', 'arrived') and a.ends_at < :ended_before
  group by (a.ends_at at time zone :zone::text)::date
  order by min(a.ends_at) limit :page)

-- name: dead_work :many
-- Work that failed for good and waits for the house: jobs of this shop, and events of nobody's yet.
-- row: DeadWork
-- type: kind bookedbarber.insights.kinds.Kind
(select 'job_dead' as kind, j.job_id::text as id, j.kind as what,
        coalesce(j.finished_at, j.run_at) as since
   from jobs j where j.shop_id = :shop_id and j.state = 'dead'
  order by j.finished_at limit :page)
union all
(select 'event_dead', e.event_id, e.type, coalesce(e.finished_at, e.run_at)
   from webhook_events e where e.state = 'dead'
  order by e.finished_at limit :page)

-- name: newest_payments :many
-- The newest payments with what they paid for.
-- row: NewestPayment
-- nullable: card_brand, card_last4, captured_at
-- type: purpose bookedbarber.payments.states.Purpose
select p.payment_id, p.purpose, p.status, p.amount, p.tip_amount, p.currency::text as currency,
       p.card_brand, p.card_last4, p.created_at, p.captured_at, a.appointment_id, a.service_name,
       b.name as barber, a.client_id, a.key_id, a.guest_name
  from payments p
  join appointments a using (shop_id, appointment_id)
  join barbers b on b.shop_id = a.shop_id and b.barber_id = a.barber_id
 where p.shop_id = :shop_id
 order by p.payment_id desc limit :page
