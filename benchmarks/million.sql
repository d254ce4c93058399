-- The past of one shop out of `past`: visits, payments of every state, refunds, declines, and what
-- Stripe booked. The last barber left long ago: their payments are all old.
set local synchronous_commit = off;
analyze past;  -- each step is planned for what the one before left
create temp table who on commit drop as
    select barber_id, row_number() over (order by position) - 1 as place
      from barbers where shop_id = :shop_id;
create temp table what on commit drop as
    select service_id, name, price, row_number() over (order by position) - 1 as place
      from services where shop_id = :shop_id;

insert into appointments (
    shop_id, appointment_id, barber_id, service_id, client_id, state, starts_at, ends_at, blocked,
    service_name, service_amount, tax_amount, tax_basis_points, tip_amount, deposit_amount,
    currency, guest_name, key_id, locale, terms_version, booked_ip, booked_device, booked_at,
    closed_at, cancelled_by)
select :shop_id, v.appointment_id, w.barber_id, s.service_id, v.client_id,
       case when v.n % 20 = 0 then 'expired' else 'completed' end, v.at, v.at + interval '45 min',
       -- A moment each, so that no two of a barber's touch.
       tstzrange(v.at, v.at + interval '1 microsecond'), s.name, s.price - s.price / 6,
       s.price / 6, 2000, (v.n % 5) * 100, 0, 'usd', v.guest_name, v.key_id, 'en', 1, '\x00',
       '\x00', v.at, v.at, null
  from past v
  join who w on w.place = case when v.n < 1000 then 11 else v.n % 11 end
  join what s on s.place = v.n / 3 % 8;

analyze appointments;
insert into payments (
    shop_id, payment_id, appointment_id, purpose, state, service_amount, tax_amount, tip_amount,
    amount, refunding, currency, stripe_account, via, intent_id, charge_id, card_brand, card_last4,
    decline_code, created_at, captured_at, barber_id, service_id)
select a.shop_id, v.payment_id, a.appointment_id, case when v.n % 4 = 0 then 'deposit' else 'full' end,
       case when v.n % 20 > 0 then 'captured' when v.n % 40 = 0 then 'open' else 'cancelled' end,
       a.service_amount, a.tax_amount, a.tip_amount,
       a.service_amount + a.tax_amount + a.tip_amount,
       case when v.n % 20 = 0 then 0 when v.n % 33 = 1 then 500
            when v.n % 66 = 2 then a.service_amount + a.tax_amount + a.tip_amount else 0 end,
       'usd', :account, 'element', 'pi_' || a.appointment_id, 'ch_' || a.appointment_id,
       'visa', lpad((v.n * 37 % 10000)::text, 4, '0'),
       case when v.n % 80 = 0 then 'insufficient_funds' end, v.at,
       case when v.n % 20 > 0 then v.at + interval '1 min' end, a.barber_id, a.service_id
  from past v join appointments a on a.shop_id = :shop_id and a.appointment_id = v.appointment_id
 order by v.n;  -- as they came, so that what is near in time lies near, as in a shop that lived it

analyze payments;
insert into refunds (
    shop_id, refund_id, payment_id, state, service_amount, tax_amount, tip_amount, amount, currency,
    stripe_account, stripe_refund_id, reason, note, requested_by, requested_at, tries, asked_at,
    settled_at)
select p.shop_id, p.payment_id, p.payment_id, 'succeeded', p.refunding, 0, 0, p.refunding, 'usd',
       :account, 're_' || p.payment_id, 'goodwill', '', 'api:till', p.captured_at, 1,
       p.captured_at, p.captured_at + interval '1 min'
  from payments p where p.shop_id = :shop_id and p.refunding > 0;

insert into audit_events (shop_id, event_id, at, actor, act, object, facts)
select p.shop_id, p.payment_id, p.created_at, 'stripe', 'payment.declined', 'pay_' || p.payment_id,
       jsonb_build_object('intent', p.intent_id, 'decline_code',
                          (array['insufficient_funds', 'generic_decline', 'expired_card'])[1 + v.n % 3])
  from past v join payments p on p.shop_id = :shop_id and p.payment_id = v.payment_id
 where v.n % 13 = 0 or v.n % 80 = 0;

insert into balance_transactions (
    stripe_account, id, shop_id, type, reporting_category, balance_type, source, amount, fee, net,
    currency, created, available_on, recorded_at)
select :account, 'txn_' || p.payment_id, p.shop_id, 'charge', 'charge', 'payments', p.charge_id,
       p.amount, 123, p.amount - 123, 'usd', p.captured_at, p.captured_at + interval '2 days',
       p.captured_at
  from payments p where p.shop_id = :shop_id and p.state = 'captured' order by p.payment_id;

drop table past;
