-- What owners change by themselves. Three rules:
--   what somebody agreed to stays: a policy belongs to the version of the terms that says it;
--   a shop that is not opened yet takes no bookings;
--   the app role may change exactly what a form of the settings changes, and nothing else.

-- ── the policy is part of the terms ──────────────────────────────────────────────────────
-- A visit keeps the policy that its client agreed to, however often the shop changes its own.

alter table shop_terms
    add column free_cancel_hours integer check (free_cancel_hours >= 0),
    add column late_refund_basis_points integer
        check (late_refund_basis_points between 0 and 10000);
update shop_terms t
   set free_cancel_hours = s.free_cancel_hours,
       late_refund_basis_points = s.late_refund_basis_points
  from shops s where s.shop_id = t.shop_id;
alter table shop_terms
    alter column free_cancel_hours set not null,
    alter column late_refund_basis_points set not null;
alter table shops drop column free_cancel_hours, drop column late_refund_basis_points;
create trigger only_grows before update or delete or truncate on shop_terms
    for each statement execute function only_grows();

-- ── opened, and when ─────────────────────────────────────────────────────────────────────

alter table shops add column opened_at timestamptz;
update shops set opened_at = created_at;

-- ── the look ─────────────────────────────────────────────────────────────────────────────
-- The logo is the picture as we encoded it ourselves, never the file that was sent.

create table shop_looks (
    shop_id      uuid primary key references shops (shop_id),
    colour       text check (colour ~ '^#[0-9a-f]{6}$'),
    logo         bytea check (octet_length(logo) <= 524288),
    logo_mark    text check (logo_mark ~ '^[0-9a-f]{16}$'),
    logo_width   integer check (logo_width between 1 and 512),
    logo_height  integer check (logo_height between 1 and 512),
    changed_at   timestamptz not null,
    check (num_nulls(logo, logo_mark, logo_width, logo_height) in (0, 4))
);

-- ── keys that can be told apart ──────────────────────────────────────────────────────────

alter table api_keys add column ending char(4);  -- unknown of keys made before

-- ── who may do what ──────────────────────────────────────────────────────────────────────

alter table shop_looks enable row level security;
alter table shop_looks force row level security;
create policy platform on shop_looks to bookedbarber_platform using (true);
create policy tenant on shop_looks to bookedbarber_app
    using (shop_id = nullif(current_setting('app.shop', true), '')::uuid);
do $$
begin
    execute format('create policy owner on shop_looks to %I using (true)', current_user);
end $$;

grant select on shop_looks to bookedbarber_app, bookedbarber_platform;
grant insert on shop_looks, shop_terms, opening_hours, barbers, barber_hours, time_off, services,
    barber_services, api_keys to bookedbarber_app;
-- Not the currency, the zone or the Stripe account: bookings and books rest on them.
grant update (name, address, phone, tax_name, tax_basis_points, tax_included, slot_step_minutes,
    notice_minutes, horizon_days, checkout_hosted, opened_at) on shops to bookedbarber_app;
grant update (name, description, duration_minutes, buffer_minutes, price, deposit_kind,
    deposit_value, position, active) on services to bookedbarber_app;
grant update (name, worker_type, position, active) on barbers to bookedbarber_app;
grant update (colour, logo, logo_mark, logo_width, logo_height, changed_at) on shop_looks
    to bookedbarber_app;
grant update (revoked_at) on api_keys to bookedbarber_app;
-- Plans, not facts: a week is replaced as a whole. What it was stands in the trail.
grant delete on opening_hours, barber_hours, time_off, barber_services to bookedbarber_app;
