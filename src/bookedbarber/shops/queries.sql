-- name: find_shop :maybe
-- The shop behind a public name.
select shop_id from shop_directory where slug = :slug

-- name: list_shops :many
-- Every shop of the house, by name.
-- row: ShopName
select shop_id, slug, name from shops order by name

-- name: list_open_shops :many
-- The shops of the house that are opened, by name.
-- row: ShopName
select shop_id, slug, name from shops where opened_at is not null order by name

-- name: find_unopened :maybe
-- Which of these shops has this name and is not opened yet.
select slug from shops
 where shop_id = any(:shop_ids::uuid[]) and name = :name and opened_at is null
 order by shop_id limit 1

-- fragment: shops
select s.shop_id, s.slug, s.name, s.address, s.phone, s.locale, s.time_zone,
       s.country::text as country, s.currency::text as currency, s.tax_name, s.tax_basis_points,
       s.tax_included, s.slot_step_minutes, s.notice_minutes, s.horizon_days,
       t.free_cancel_hours, t.late_refund_basis_points, s.checkout_hosted, s.stripe_account,
       s.opened_at, t.version as terms_version, t.text as terms, l.colour, l.logo_mark
  from shops s left join shop_looks l using (shop_id)

-- name: load_shop :maybe
-- A shop, with the terms and the policy in force.
-- row: Shop
-- nullable: phone, opened_at, colour, logo_mark
{{shops}}
  join lateral (select version, text, free_cancel_hours, late_refund_basis_points from shop_terms
                 where shop_id = s.shop_id order by version desc limit 1) t on true
 where s.shop_id = :shop_id

-- name: load_shop_as_agreed :maybe
-- A shop, with the terms and the policy that somebody agreed to.
-- row: Shop
-- nullable: phone, opened_at, colour, logo_mark
{{shops}}
  join shop_terms t on t.shop_id = s.shop_id and t.version = :terms_version
 where s.shop_id = :shop_id

-- name: list_services :many
-- What the shop sells, in its own order.
-- row: Service
select service_id, name, description, duration_minutes, buffer_minutes, price,
       currency::text as currency, deposit_kind, deposit_value
  from services where shop_id = :shop_id and active order by position, name

-- name: list_barbers :many
-- Who works in the shop, in its own order, with the services each gives.
-- row: Barber
select b.barber_id, b.name, b.worker_type, array_agg(s.service_id) as services
  from barbers b join barber_services s using (shop_id, barber_id)
 where b.shop_id = :shop_id and b.active
 group by b.barber_id, b.name, b.worker_type, b.position
 order by b.position, b.name

-- name: list_opening_hours :many
-- When the shop is open, in its own time; weekday 0 is Monday.
-- row: OpeningHours
select weekday, opens, closes from opening_hours where shop_id = :shop_id order by weekday, opens

-- name: list_barber_hours :many
-- When barbers work and pause, in shop time.
-- row: BarberHours
select barber_id, kind, weekday, starts, ends from barber_hours
 where shop_id = :shop_id order by barber_id, weekday, starts

-- name: list_time_off :many
-- Absences that touch a span of time.
-- row: TimeOff
select barber_id, lower(during) as starts_at, upper(during) as ends_at from time_off
 where shop_id = :shop_id and during && tstzrange(:since, :until)

-- name: lock_client :maybe
-- The client with this address, for whom nobody else can book until this transaction ends.
-- row: Client
-- nullable: email
select client_id, email, key_id from clients
 where shop_id = :shop_id and email_index = :email_index for no key update

-- name: find_client :maybe
-- The client with this address.
select client_id from clients where shop_id = :shop_id and email_index = :email_index

-- name: load_client :one
-- One client.
-- row: Client
-- nullable: email
select client_id, email, key_id from clients
 where shop_id = :shop_id and client_id = :client_id

-- name: add_client :count
-- A new client; none is added when the address is known.
-- optional: email_index, email
insert into clients (shop_id, client_id, email_index, email, key_id, created_at)
values (:shop_id, :client_id, :email_index, :email, :key_id, :now)
on conflict (shop_id, email_index) do nothing

-- name: add_shop :count
-- optional: phone, opened_at
-- A new shop; until it is opened it takes no bookings.
insert into shops (shop_id, slug, name, address, phone, locale, time_zone, country, currency,
                   tax_name, tax_basis_points, tax_included, slot_step_minutes, notice_minutes,
                   horizon_days, checkout_hosted, stripe_account, created_at, opened_at)
values (:shop_id, :slug, :name, :address, :phone, :locale, :time_zone, :country, :currency,
        :tax_name, :tax_basis_points, :tax_included, :slot_step_minutes, :notice_minutes,
        :horizon_days, :checkout_hosted, :stripe_account, :now, :opened_at)

-- name: add_to_directory :count
-- Give a shop its public name.
insert into shop_directory (slug, shop_id) values (:slug, :shop_id)

-- name: adopt_terms :count
-- Put new terms in force, with the policy that is part of them.
insert into shop_terms (shop_id, version, text, free_cancel_hours, late_refund_basis_points,
                        adopted_at)
values (:shop_id, :version, :text, :free_cancel_hours, :late_refund_basis_points, :now)

-- name: add_opening_hours :count
-- Open the shop on a weekday.
insert into opening_hours (shop_id, weekday, opens, closes)
values (:shop_id, :weekday, :opens, :closes)

-- name: add_service :count
-- Sell a service.
insert into services (shop_id, service_id, name, description, duration_minutes, buffer_minutes,
                      price, currency, deposit_kind, deposit_value, position, active)
values (:shop_id, :service_id, :name, :description, :duration_minutes, :buffer_minutes,
        :price, :currency, :deposit_kind, :deposit_value, :position, true)

-- name: add_barber :count
-- Take on a barber.
insert into barbers (shop_id, barber_id, name, worker_type, position, active)
values (:shop_id, :barber_id, :name, :worker_type, :position, true)

-- name: add_barber_service :count
-- Let a barber give a service.
insert into barber_services (shop_id, barber_id, service_id)
values (:shop_id, :barber_id, :service_id)

-- name: add_barber_hours :count
-- A barber works, or pauses, on a weekday.
insert into barber_hours (shop_id, barber_id, kind, weekday, starts, ends)
values (:shop_id, :barber_id, :kind, :weekday, :starts, :ends)

-- name: add_time_off :count
-- A barber is away.
insert into time_off (shop_id, id, barber_id, during)
values (:shop_id, :time_off_id, :barber_id, tstzrange(:starts_at, :ends_at))
