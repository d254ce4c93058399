-- fragment: appointments
select a.appointment_id, a.barber_id, b.name as barber_name, a.service_id, a.client_id, a.state,
       a.starts_at, a.ends_at, a.held_until, a.service_name, a.service_amount, a.tax_amount,
       a.tax_basis_points, a.tip_amount, a.deposit_amount, a.currency::text as currency,
       a.guest_name, a.guest_phone, a.key_id, a.locale, a.terms_version, a.booked_at,
       a.closed_at, a.cancelled_by, a.walk_in, a.arrived_at, a.arrived_by
  from appointments a join barbers b using (shop_id, barber_id)

-- name: busy :many
-- What already blocks each barber's time in a span; a hold that ran out blocks nothing, and
-- neither does the visit that is to be moved.
-- row: Busy
-- optional: besides
select barber_id, lower(blocked) as starts_at, upper(blocked) as ends_at
  from appointments
 where shop_id = :shop_id and blocked && tstzrange(:since, :until)
   -- Row security keeps && from the index; no visit is longer than 28 hours.
   and starts_at < :until and starts_at > :since - interval '28 hours'
   and (state in ('confirmed', 'arrived', 'completed')
        or (state = 'held' and held_until > :now))
   and (:besides::uuid is null or appointment_id <> :besides)

-- name: to_come :many
-- Visits that are still to come, by whom and of what; a hold that ran out is none.
-- row: ToCome
select appointment_id, barber_id, service_id, starts_at, ends_at from appointments
 where shop_id = :shop_id and starts_at > :now
   and (state in ('confirmed', 'arrived') or (state = 'held' and held_until > :now))
 order by starts_at, appointment_id

-- name: expire_stale :many
-- Let go of holds that ran out in the way of a slot somebody wants. Locked in order, for several
-- may want it.
update appointments set state = 'expired', held_until = null, closed_at = :now
 where shop_id = :shop_id and appointment_id = any(array(
        select appointment_id from appointments
         where shop_id = :shop_id and barber_id = :barber_id
           and blocked && tstzrange(:starts_at, :blocked_until)
           -- Row security keeps && from the index; no visit is longer than 28 hours.
           and starts_at < :blocked_until and starts_at > :starts_at - interval '28 hours'
           and state = 'held' and held_until <= :now
         order by appointment_id
           for no key update))
returning appointment_id

-- name: hold :count
-- Claim a slot while its payment runs. The exclusion constraint lets one client win; nothing is
-- claimed for a client who holds `most` already.
-- optional: guest_phone
insert into appointments (
    shop_id, appointment_id, barber_id, service_id, client_id, state, starts_at, ends_at, blocked,
    held_until, service_name, service_amount, tax_amount, tax_basis_points, tip_amount,
    deposit_amount, currency, guest_name, guest_phone, key_id, locale, terms_version, booked_ip,
    booked_device, booked_at)
select
    :shop_id, :appointment_id, :barber_id, :service_id, :client_id, 'held', :starts_at, :ends_at,
    tstzrange(:starts_at, :blocked_until), :held_until, :service_name, :service_amount,
    :tax_amount, :tax_basis_points, :tip_amount, :deposit_amount, :currency, :guest_name,
    :guest_phone, :key_id, :locale, :terms_version, :booked_ip, :booked_device, :now
 where (select count(*) from appointments
         where shop_id = :shop_id and client_id = :client_id
           and state = 'held' and held_until > :now) < :most

-- name: expire :count
-- Let go of one hold that ran out.
update appointments set state = 'expired', held_until = null, closed_at = :now
 where shop_id = :shop_id and appointment_id = :appointment_id
   and state = 'held' and held_until <= :now

-- name: move :count
-- Move an appointment out of a state it may leave; see states.py for what is allowed.
update appointments
   set state = :to_state, held_until = null,
       closed_at = case when :to_state = 'confirmed' then null else :now::timestamptz end
 where shop_id = :shop_id and appointment_id = :appointment_id and state = :from_state

-- name: check_in :count
-- The client of a booked visit is here.
update appointments set state = 'arrived', arrived_at = :now, arrived_by = :actor
 where shop_id = :shop_id and appointment_id = :appointment_id and state = 'confirmed'

-- name: undo_check_in :count
-- The client is not here after all.
update appointments set state = 'confirmed', arrived_at = null, arrived_by = null
 where shop_id = :shop_id and appointment_id = :appointment_id and state = 'arrived'

-- name: give_way :many
-- The buffers of a barber's visits give way to a span; a visit itself does not. Locked in order.
update appointments set blocked = tstzrange(starts_at, greatest(ends_at, :starts_at))
 where shop_id = :shop_id and appointment_id = any(array(
        select appointment_id from appointments
         where shop_id = :shop_id and barber_id = :barber_id
           and blocked && tstzrange(:starts_at, :until)
           -- Row security keeps && from the index; no visit is longer than 28 hours.
           and starts_at < :starts_at and starts_at > :starts_at - interval '28 hours'
           and ends_at <= :starts_at
           and state in ('held', 'confirmed', 'arrived', 'completed')
         order by appointment_id
           for no key update))
returning appointment_id

-- name: visits_from :many
-- The visits of a barber that end after a moment, in the order of time; a hold that ran out is none.
-- row: Busy
select barber_id, starts_at, ends_at from appointments
 where shop_id = :shop_id and barber_id = :barber_id
   -- Only the start is indexed; no visit is longer than 28 hours.
   and starts_at > :since::timestamptz - interval '28 hours' and ends_at > :since
   and (state in ('confirmed', 'arrived', 'completed')
        or (state = 'held' and held_until > :now))
 order by starts_at

-- name: seat :count
-- Somebody walks in: a visit that is booked at once, and nothing of it paid. The exclusion
-- constraint lets one client win. Nobody agreed to it from anywhere.
insert into appointments (
    shop_id, appointment_id, barber_id, service_id, client_id, state, starts_at, ends_at, blocked,
    service_name, service_amount, tax_amount, tax_basis_points, tip_amount, deposit_amount,
    currency, guest_name, key_id, locale, terms_version, booked_at, walk_in)
values (
    :shop_id, :appointment_id, :barber_id, :service_id, :client_id, 'confirmed', :starts_at,
    :ends_at, tstzrange(:starts_at, :blocked_until), :service_name, :service_amount, :tax_amount,
    :tax_basis_points, 0, 0, :currency, :guest_name, :key_id, :locale, :terms_version, :now, true)

-- name: cancel :count
-- Cancel an appointment in one of the states that may be, and say on whose account.
update appointments
   set state = 'cancelled', held_until = null, closed_at = :now, cancelled_by = :cancelled_by
 where shop_id = :shop_id and appointment_id = :appointment_id
   and state = any(:from_states::text[])

-- name: load_appointment :maybe
-- One appointment with who gives it.
-- row: Appointment
-- nullable: held_until, guest_phone, closed_at, cancelled_by, arrived_at, arrived_by
-- type: state bookedbarber.booking.states.AppointmentState
-- type: cancelled_by bookedbarber.booking.states.CancelledBy
{{appointments}}
 where a.shop_id = :shop_id and a.appointment_id = :appointment_id

-- name: buffer_after :maybe
-- How many minutes the shop keeps free after a visit of this service, sold by now or not any more.
select buffer_minutes from services where shop_id = :shop_id and service_id = :service_id

-- name: shift :count
-- Give a visit another time or barber, and keep where it was. The exclusion constraint lets one
-- visit have a slot; 0 when the visit is in none of the states in which it can be moved.
with gate as (
    update appointments
       set barber_id = :to_barber_id, starts_at = :to_starts_at,
           ends_at = :to_starts_at::timestamptz + (ends_at - starts_at),
           blocked = tstzrange(:to_starts_at::timestamptz, :blocked_until::timestamptz)
     where shop_id = :shop_id and appointment_id = :appointment_id
       and barber_id = :from_barber_id and starts_at = :from_starts_at
       and state = any(:from_states::text[])
    returning 1
),
{{audit.record}}
insert into appointment_moves (shop_id, move_id, appointment_id, number, from_barber_id,
                               from_starts_at, to_barber_id, to_starts_at, moved_by, actor,
                               reason, moved_at)
select :shop_id, :move_id, :appointment_id,
       (select count(*) + 1 from appointment_moves
         where shop_id = :shop_id and appointment_id = :appointment_id),
       :from_barber_id, :from_starts_at, :to_barber_id, :to_starts_at, :moved_by, :actor,
       :reason, :now
  from gate

-- name: list_moves :many
-- Where a visit was before, the first move first.
-- row: Move
-- type: moved_by bookedbarber.booking.states.MovedBy
select m.move_id, m.number, m.from_barber_id, f.name as from_barber, m.from_starts_at,
       m.to_barber_id, t.name as to_barber, m.to_starts_at, m.moved_by, m.actor, m.reason,
       m.moved_at
  from appointment_moves m
  join barbers f on f.shop_id = m.shop_id and f.barber_id = m.from_barber_id
  join barbers t on t.shop_id = m.shop_id and t.barber_id = m.to_barber_id
 where m.shop_id = :shop_id and m.appointment_id = :appointment_id
 order by m.number

-- name: last_moved :maybe
-- The visit that a move was of, if it was the visit's last so far.
select appointment_id from appointment_moves m
 where shop_id = :shop_id and move_id = :move_id
   and not exists (select from appointment_moves later
                    where later.shop_id = m.shop_id and later.appointment_id = m.appointment_id
                      and later.number > m.number)

-- name: lock_appointment :one
-- The state of one appointment, which nobody else can change until this transaction ends.
-- type: state bookedbarber.booking.states.AppointmentState
select state from appointments
 where shop_id = :shop_id and appointment_id = :appointment_id for no key update

-- name: list_day :many
-- A page of a shop's appointments that start in a span, of one barber or of all, in the order of
-- time, after one of them.
-- row: Appointment
-- nullable: held_until, guest_phone, closed_at, cancelled_by, arrived_at, arrived_by
-- optional: after, barber_id
-- type: state bookedbarber.booking.states.AppointmentState
-- type: cancelled_by bookedbarber.booking.states.CancelledBy
{{appointments}}
 where a.shop_id = :shop_id and a.starts_at >= :since and a.starts_at < :until
   and (:barber_id::uuid is null or a.barber_id = :barber_id)
   and (:after::uuid is null or (a.starts_at, a.appointment_id) > (
        select starts_at, appointment_id from appointments
         where shop_id = :shop_id and appointment_id = :after))
 order by a.starts_at, a.appointment_id
 limit :page

-- name: list_of_client :many
-- A page of one client's visits, the latest first, before one of them.
-- row: Appointment
-- nullable: held_until, guest_phone, closed_at, cancelled_by, arrived_at, arrived_by
-- optional: before
-- type: state bookedbarber.booking.states.AppointmentState
-- type: cancelled_by bookedbarber.booking.states.CancelledBy
{{appointments}}
 where a.shop_id = :shop_id and a.client_id = :client_id
   and (:before::uuid is null or (a.starts_at, a.appointment_id) < (
        select starts_at, appointment_id from appointments
         where shop_id = :shop_id and appointment_id = :before))
 order by a.starts_at desc, a.appointment_id desc
 limit :page

-- name: newest_of_client :maybe
-- The visit that a client booked last.
select appointment_id from appointments
 where shop_id = :shop_id and client_id = :client_id
 order by booked_at desc, appointment_id desc limit 1

-- name: not_to_come :many
-- Which of these appointments, of whatever shops, are over, or will not take place.
select a.appointment_id
  from unnest(:shop_ids::uuid[], :appointment_ids::uuid[]) as asked (shop_id, appointment_id)
  join appointments a using (shop_id, appointment_id)
 where a.state not in ('confirmed', 'arrived')
