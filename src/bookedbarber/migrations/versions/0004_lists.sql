-- Lists, searches and overviews at a million payments of one shop: each filter finds its rows by an
-- index in the order they are shown. Identifiers are UUIDv7, so the order of payment_id is that of
-- time, and a range of time is a range of them.

-- ── what a payment is filtered by ────────────────────────────────────────────────────────

-- In the words of people, and told by the row alone.
alter table payments add column status text not null generated always as (
    case when state = 'captured' and refunding = 0 then 'captured'
         when state = 'captured' and refunding < amount then 'partly_refunded'
         when state = 'captured' then 'refunded'
         when state = 'cancelled' then 'cancelled'
         when state = 'processing' then 'processing'
         when decline_code is not null then 'declined'
         else 'open' end) stored;

-- Whose visit it pays for, and for what: a copy of the appointment's, which the database keeps.
-- Without it, the payments of a barber who left would be looked for among everybody's since.
alter table payments add column barber_id uuid, add column service_id uuid;
update payments p set barber_id = a.barber_id, service_id = a.service_id
  from appointments a where a.shop_id = p.shop_id and a.appointment_id = p.appointment_id;
alter table payments alter column barber_id set not null, alter column service_id set not null;

create function payment_takes_after_its_visit() returns trigger
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    select a.barber_id, a.service_id into new.barber_id, new.service_id
      from public.appointments a
     where a.shop_id = new.shop_id and a.appointment_id = new.appointment_id
       for share;  -- a move that is under way has this payment in its sight, or this sees the move
    return new;
end $$;

create function payments_follow_their_visit() returns trigger
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    update public.payments p set barber_id = new.barber_id, service_id = new.service_id
     where p.shop_id = new.shop_id and p.appointment_id = new.appointment_id;
    return null;
end $$;

create trigger payment_takes_after_its_visit before insert on payments
    for each row execute function payment_takes_after_its_visit();
create trigger payments_follow_their_visit after update of barber_id, service_id on appointments
    for each row when (old.barber_id <> new.barber_id or old.service_id <> new.service_id)
    execute function payments_follow_their_visit();

create index on payments (shop_id, status, payment_id);
create index on payments (shop_id, purpose, payment_id);
create index on payments (shop_id, barber_id, payment_id);
create index on payments (shop_id, service_id, payment_id);
create index on payments (shop_id, amount, payment_id);
create index on payments (shop_id, card_last4, payment_id) where card_last4 is not null;

-- ── what one payment shows ───────────────────────────────────────────────────────────────

create index on appointments (shop_id, client_id, starts_at, appointment_id);
create index on audit_events (shop_id, object);
create index on messages (shop_id, appointment_id);
-- An event is about an intent, or about what hangs on one.
create index on webhook_events (stripe_account, (coalesce(intent_id, object_id)));

-- ── what an overview adds up ─────────────────────────────────────────────────────────────

-- A year is added up payment by payment: nothing but what is added up lies on the way.
create index on payments (shop_id, captured_at) include (amount) where state = 'captured';
create index on audit_events (shop_id, at) include (object, facts) where act = 'payment.declined';
create index on refunds (shop_id, settled_at) include (state, amount);
