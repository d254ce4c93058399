-- name: lock_shop :count
-- Nobody else can change the settings of this shop until the transaction ends.
select 1 from shops where shop_id = :shop_id for no key update

-- name: list_services :many
-- Every service the shop ever sold, those on sale first, in its own order.
-- row: ServiceSetting
select service_id, name, description, duration_minutes, buffer_minutes, price,
       deposit_kind, deposit_value, position, active
  from services where shop_id = :shop_id order by active desc, position, name, service_id

-- name: change_service :count
-- From now on the service is this; what was sold keeps its name, times and price.
update services
   set name = :name, description = :description, duration_minutes = :duration_minutes,
       buffer_minutes = :buffer_minutes, price = :price, deposit_kind = :deposit_kind,
       deposit_value = :deposit_value, position = :position, active = :active
 where shop_id = :shop_id and service_id = :service_id

-- name: give_service_to_all :count
-- Every barber who works here gives this service.
insert into barber_services (shop_id, barber_id, service_id)
select shop_id, barber_id, :service_id from barbers where shop_id = :shop_id and active
on conflict do nothing

-- name: list_barbers :many
-- Everybody who ever worked in the shop, those who do first, with the services each gives.
-- row: BarberSetting
select b.barber_id, b.name, b.worker_type, b.position, b.active,
       array(select s.service_id from barber_services s
              where s.shop_id = b.shop_id and s.barber_id = b.barber_id
              order by s.service_id) as services
  from barbers b where b.shop_id = :shop_id order by b.active desc, b.position, b.name, b.barber_id

-- name: change_barber :count
-- From now on the barber is this.
update barbers
   set name = :name, worker_type = :worker_type, position = :position, active = :active
 where shop_id = :shop_id and barber_id = :barber_id

-- name: clear_barber_services :count
-- The barber gives none of the shop's services, until some are given again.
delete from barber_services where shop_id = :shop_id and barber_id = :barber_id

-- name: clear_opening_hours :count
-- The shop has no hours, until some are given again.
delete from opening_hours where shop_id = :shop_id

-- name: clear_barber_hours :count
-- The barber has no hours, until some are given again.
delete from barber_hours where shop_id = :shop_id and barber_id = :barber_id

-- name: list_barber_hours :many
-- When one barber works and pauses, in shop time.
-- row: BarberSpan
select kind, weekday, starts, ends from barber_hours
 where shop_id = :shop_id and barber_id = :barber_id order by kind, weekday, starts

-- name: list_time_off :many
-- Absences that are not over yet, the next one first.
-- row: Absence
select id, barber_id, lower(during) as starts_at, upper(during) as ends_at
  from time_off where shop_id = :shop_id and upper(during) > :now order by lower(during), id

-- name: drop_time_off :maybe
-- The barber is there after all.
-- row: Absence
delete from time_off where shop_id = :shop_id and id = :time_off_id
returning id, barber_id, lower(during) as starts_at, upper(during) as ends_at

-- name: change_details :count
-- optional: phone
-- How the shop presents itself and taxes its prices.
update shops
   set name = :name, address = :address, phone = :phone, tax_name = :tax_name,
       tax_basis_points = :tax_basis_points, tax_included = :tax_included
 where shop_id = :shop_id

-- name: change_rules :count
-- How the shop offers its time and where its clients pay.
update shops
   set slot_step_minutes = :slot_step_minutes, notice_minutes = :notice_minutes,
       horizon_days = :horizon_days, checkout_hosted = :checkout_hosted
 where shop_id = :shop_id

-- name: mark_opened :count
-- The shop takes bookings from now on.
update shops set opened_at = :now::timestamptz where shop_id = :shop_id and opened_at is null

-- name: list_terms :many
-- Every version of the terms with its policy, the newest first.
-- row: TermsVersion
select version, text, free_cancel_hours, late_refund_basis_points, adopted_at
  from shop_terms where shop_id = :shop_id order by version desc

-- name: load_look :maybe
-- The shop's colour, and its logo's mark and size.
-- row: Look
-- nullable: colour, logo_mark, logo_width, logo_height
select colour, logo_mark, logo_width, logo_height from shop_looks where shop_id = :shop_id

-- name: load_logo :maybe
-- The logo that has this mark, as it is served.
select logo from shop_looks where shop_id = :shop_id and logo_mark = :logo_mark

-- name: set_colour :count
-- optional: colour
-- The shop's colour, or none of its own.
insert into shop_looks (shop_id, colour, changed_at) values (:shop_id, :colour, :now)
on conflict (shop_id) do update set colour = excluded.colour, changed_at = excluded.changed_at

-- name: set_logo :count
-- optional: logo, logo_mark, logo_width, logo_height
-- The shop's logo, or none.
insert into shop_looks (shop_id, logo, logo_mark, logo_width, logo_height, changed_at)
values (:shop_id, :logo, :logo_mark, :logo_width, :logo_height, :now)
on conflict (shop_id) do update
   set logo = excluded.logo, logo_mark = excluded.logo_mark, logo_width = excluded.logo_width,
       logo_height = excluded.logo_height, changed_at = excluded.changed_at
