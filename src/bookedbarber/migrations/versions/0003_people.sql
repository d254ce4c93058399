-- The people who work with the shops. An account belongs to a person and not to a shop: an owner of
-- three shops signs in once. What they may do in a shop is a row of that shop.

create table people (
    person_id    uuid primary key,
    email_index  bytea not null unique,   -- keyed hash of the address, for look-up
    email        bytea not null,          -- sealed
    name         bytea not null,          -- sealed
    password     text not null,           -- argon2id, with its salt and costs
    platform     boolean not null,        -- works for the house: every shop, each visit audited
    created_at   timestamptz not null,
    ended_at     timestamptz
);

create table memberships (
    shop_id     uuid not null references shops (shop_id),
    person_id   uuid not null references people (person_id),
    role        text not null check (role in ('owner', 'manager', 'receptionist', 'barber')),
    barber_id   uuid,                     -- whose column is theirs
    since       timestamptz not null,
    ended_at    timestamptz,
    primary key (shop_id, person_id),
    foreign key (shop_id, barber_id) references barbers,
    check (role <> 'barber' or barber_id is not null)
);
create index on memberships (person_id) where ended_at is null;

-- Only a digest is kept: who reads this table can be nobody with it.
create table sessions (
    digest      bytea primary key,
    person_id   uuid not null references people (person_id),
    created_at  timestamptz not null,
    seen_at     timestamptz not null,     -- moves on by minutes, not with each request
    ended_at    timestamptz
);
create index on sessions (person_id) where ended_at is null;
create index on sessions (created_at);

-- When somebody of the house looked into a shop that is not theirs: once a day is audited.
create table platform_visits (
    shop_id     uuid not null references shops (shop_id),
    person_id   uuid not null references people (person_id),
    day         date not null,
    primary key (shop_id, person_id, day)
);

do $$
declare
    t text;
begin
    foreach t in array array['people', 'memberships', 'sessions', 'platform_visits'] loop
        execute format('alter table %I enable row level security', t);
        execute format('alter table %I force row level security', t);
        execute format('create policy owner on %I to %I using (true)', t, current_user);
        execute format('create policy platform on %I to bookedbarber_platform using (true)', t);
    end loop;
end $$;
create policy tenant on memberships to bookedbarber_app
    using (shop_id = nullif(current_setting('app.shop', true), '')::uuid);
create policy tenant on platform_visits to bookedbarber_app
    using (shop_id = nullif(current_setting('app.shop', true), '')::uuid);

grant select on memberships to bookedbarber_app;
grant select on people, memberships, sessions, platform_visits to bookedbarber_platform;
grant insert on people, memberships, sessions, platform_visits to bookedbarber_platform;
grant update (password, ended_at) on people to bookedbarber_platform;
grant update (role, barber_id, ended_at) on memberships to bookedbarber_platform;
grant update (seen_at, ended_at) on sessions to bookedbarber_platform;
grant delete on sessions, platform_visits to bookedbarber_platform;
