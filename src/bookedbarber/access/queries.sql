-- name: add_person :count
-- A new account; nobody when the address has one.
-- optional: house
insert into people (person_id, email_index, email, name, password, house, created_at)
values (:person_id, :email_index, :email, :name, :password, :house, :now)
on conflict (email_index) do nothing

-- name: find_account :maybe
-- The account of an address, if it may sign in.
-- row: Account
select person_id, password from people where email_index = :email_index and ended_at is null

-- name: load_person :maybe
-- One person with their sealed fields.
-- row: PersonRow
-- nullable: house
-- type: house bookedbarber.access.roles.Role
select person_id, email, name, house from people
 where person_id = :person_id and ended_at is null

-- name: set_digest :count
-- Another password from now on, if nobody changed the old one meanwhile.
update people set password = :password
 where person_id = :person_id and password = :was and ended_at is null

-- name: end_person :count
-- An account is over.
update people set ended_at = :now::timestamptz
 where person_id = :person_id and ended_at is null

-- name: lock_person :count
-- Nothing else happens for this person until the transaction ends.
select 1 from people where person_id = :person_id for no key update

-- name: add_membership :count
-- Somebody works in a shop from now on; again, in another role, if they did before.
-- optional: barber_id
insert into memberships (shop_id, person_id, role, barber_id, since)
values (:shop_id, :person_id, :role, :barber_id, :now)
on conflict (shop_id, person_id) do update
   set role = excluded.role, barber_id = excluded.barber_id, ended_at = null

-- name: end_membership :count
-- Somebody works in a shop no more.
update memberships set ended_at = :now::timestamptz
 where shop_id = :shop_id and person_id = :person_id and ended_at is null

-- name: shops_of :many
-- The shops in which a person works, by name; every shop for whoever works for the house.
-- row: Workplace
-- nullable: barber_id
-- type: role bookedbarber.access.roles.Role
select s.shop_id, s.slug, s.name, m.role, m.barber_id
  from people p
  join memberships m on m.person_id = p.person_id and m.ended_at is null
  join shops s on s.shop_id = m.shop_id
 where p.person_id = :person_id and p.ended_at is null
union all
select s.shop_id, s.slug, s.name, p.house, null
  from people p cross join shops s
 where p.person_id = :person_id and p.ended_at is null and p.house is not null
   and not exists (select from memberships m where m.shop_id = s.shop_id
                    and m.person_id = p.person_id and m.ended_at is null)
 order by name, shop_id

-- name: place_in :maybe
-- What a person is in one shop, by its name; none when they are nothing there.
-- row: Workplace
-- nullable: barber_id
-- type: role bookedbarber.access.roles.Role
select s.shop_id, s.slug, s.name, coalesce(m.role, p.house) as role, m.barber_id
  from people p
  cross join shops s
  left join memberships m on m.shop_id = s.shop_id and m.person_id = p.person_id
                         and m.ended_at is null
 where p.person_id = :person_id and p.ended_at is null and s.slug = :slug
   and (p.house is not null or m.role is not null)

-- name: people_of :many
-- Who works in a shop, in the order they came.
-- row: Colleague
-- nullable: barber_id
-- type: role bookedbarber.access.roles.Role
select p.person_id, p.email, p.name, m.role, m.barber_id, m.since
  from memberships m join people p using (person_id)
 where m.shop_id = :shop_id and m.ended_at is null and p.ended_at is null
 order by m.since, p.person_id

-- name: add_session :count
-- Somebody signed in; nobody when their password was changed or their account closed meanwhile.
insert into sessions (digest, session_id, person_id, created_at, seen_at)
select :digest, :session_id, person_id, :now, :now from people
 where person_id = :person_id and password = :password and ended_at is null
   for share

-- name: raise_session :count
-- A session under another secret in which a second factor was shown, in place of one in which none
-- was; nothing when that one is over.
with old as (
    update sessions set ended_at = :now::timestamptz
     where digest = :digest and ended_at is null and factor is null
     returning person_id
)
insert into sessions (digest, session_id, person_id, created_at, seen_at, factor)
select :raised, :session_id, person_id, :now, :now, :factor from old

-- name: find_session :maybe
-- A session that nothing has ended yet, and whose account is in force.
-- row: SessionRow
-- nullable: house, factor
-- type: house bookedbarber.access.roles.Role
-- type: factor bookedbarber.access.factors.Factor
select s.session_id, s.person_id, s.created_at, s.seen_at, s.factor, p.email, p.name, p.house
  from sessions s join people p using (person_id)
 where s.digest = :digest and s.ended_at is null and p.ended_at is null
   and s.created_at > :created_after and s.seen_at > :seen_after

-- name: touch_session :count
-- Its person is still there.
update sessions set seen_at = :now where digest = :digest and seen_at < :now

-- name: end_session :count
-- Its person signed out.
update sessions set ended_at = :now::timestamptz where digest = :digest and ended_at is null

-- name: end_sessions :count
-- Every session of a person is over.
update sessions set ended_at = :now::timestamptz
 where person_id = :person_id and ended_at is null

-- name: end_other_sessions :count
-- Every session of a person is over but the one they are in.
update sessions set ended_at = :now::timestamptz
 where person_id = :person_id and digest <> :digest and ended_at is null

-- name: forget_sessions :count
-- Sessions that have been over for long.
delete from sessions where created_at < :created_before

-- name: note_platform_visit :count
-- Somebody of the house looks into a shop: a row for the first time in a day.
insert into platform_visits (shop_id, person_id, day)
values (:shop_id, :person_id, :day) on conflict do nothing

-- name: add_seed :count
-- The seed of an authenticator app, which opens nothing until its first code is right.
insert into totp_seeds (seed_id, person_id, seed, last_step, created_at)
values (:seed_id, :person_id, :seed, 0, :now)

-- name: find_seed :maybe
-- A seed that waits for its first code.
select seed from totp_seeds
 where seed_id = :seed_id and person_id = :person_id
   and proven_at is null and ended_at is null and created_at > :created_after

-- name: prove_seed :count
-- Its first code was right; once.
update totp_seeds set proven_at = :now::timestamptz, last_step = :step
 where seed_id = :seed_id and proven_at is null and ended_at is null

-- name: seeds_of :many
-- The seeds with which a person may show a code.
-- row: Seed
select seed_id, seed, last_step from totp_seeds
 where person_id = :person_id and proven_at is not null and ended_at is null
 order by seed_id

-- name: use_step :count
-- A code is used up, and every earlier one of its seed with it.
update totp_seeds set last_step = :step
 where seed_id = :seed_id and last_step < :step and ended_at is null

-- name: add_step_up :count
-- A second factor was shown for one act.
insert into step_ups (step_up_id, session_id, operation, factor, at)
values (:step_up_id, :session_id, :operation, :factor, :now)

-- name: use_step_up :count
-- The act it was shown for is done; once, and soon.
update step_ups set used_at = :now::timestamptz
 where step_up_id = (
        select step_up_id from step_ups
         where session_id = :session_id and operation = :operation and used_at is null
           and at > :after
         order by at limit 1 for update skip locked)
   and used_at is null

-- name: factors_of :many
-- The kinds of second factor that a person can show.
-- type: factor bookedbarber.access.factors.Factor
select 'totp' as factor
 where exists (select from totp_seeds
                where person_id = :person_id and proven_at is not null and ended_at is null)
