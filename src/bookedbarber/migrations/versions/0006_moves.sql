-- A visit can be moved to another time or barber. What was agreed to (service, price, terms) stays
-- as it was, and so does how long the visit takes; where it was before is kept for good.

create table appointment_moves (
    shop_id         uuid not null references shops (shop_id),
    move_id         uuid not null,
    appointment_id  uuid not null,
    number          integer not null check (number > 0),  -- its first move, its second
    from_barber_id  uuid not null,
    from_starts_at  timestamptz not null,
    to_barber_id    uuid not null,
    to_starts_at    timestamptz not null,
    moved_by        text not null check (moved_by in ('client', 'shop')),
    actor           text not null,
    reason          text not null,  -- as staff typed it; empty where none was given
    moved_at        timestamptz not null,
    primary key (shop_id, move_id),
    unique (shop_id, appointment_id, number),
    foreign key (shop_id, appointment_id) references appointments,
    foreign key (shop_id, from_barber_id) references barbers (shop_id, barber_id),
    foreign key (shop_id, to_barber_id) references barbers (shop_id, barber_id),
    check ((from_barber_id, from_starts_at) <> (to_barber_id, to_starts_at))
);

create trigger only_grows before update or delete or truncate on appointment_moves
    for each statement execute function only_grows();

-- No visit changes its place unless the same transaction keeps where it was, and none changes its
-- length; only the buffer after it gives way (0002_desk.sql). Runs with its owner's rights, so that no tenant setting can blind it; deferred, so that
-- the two rows may be written in any order. (A move made under a savepoint counts as another
-- transaction's: move without one.)
create function a_move_is_kept() returns trigger
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    if new.ends_at - new.starts_at <> old.ends_at - old.starts_at
       or lower(new.blocked) <> new.starts_at or upper(new.blocked) < new.ends_at then
        raise exception 'a visit that is moved keeps its length'
            using errcode = 'restrict_violation';
    end if;
    if not exists (
        select from public.appointment_moves m
         where m.shop_id = new.shop_id and m.appointment_id = new.appointment_id
           and m.from_barber_id = old.barber_id and m.from_starts_at = old.starts_at
           and m.to_barber_id = new.barber_id and m.to_starts_at = new.starts_at
           and m.xmin = pg_current_xact_id()::xid) then
        raise exception 'a visit is moved only where the move is kept'
            using errcode = 'restrict_violation';
    end if;
    return null;
end $$;

create constraint trigger a_move_is_kept
    after update of barber_id, starts_at, ends_at on appointments
    deferrable initially deferred for each row
    when ((old.barber_id, old.starts_at, old.ends_at)
          is distinct from (new.barber_id, new.starts_at, new.ends_at))
    execute function a_move_is_kept();

-- ── who may do what ──────────────────────────────────────────────────────────────────────

alter table appointment_moves enable row level security;
alter table appointment_moves force row level security;
do $$
begin
    execute format('create policy owner on appointment_moves to %I using (true)', current_user);
end $$;
create policy platform on appointment_moves to bookedbarber_platform using (true);
create policy tenant on appointment_moves to bookedbarber_app
    using (shop_id = nullif(current_setting('app.shop', true), '')::uuid);

revoke all on appointment_moves from public;
grant select, insert on appointment_moves to bookedbarber_app;
grant select on appointment_moves to bookedbarber_platform;
-- Only time and barber; what the visit costs can still be rewritten by nobody.
grant update (barber_id, starts_at, ends_at, blocked) on appointments
    to bookedbarber_app, bookedbarber_platform;
