-- A password alone opens nothing: a session is whole once a second factor was shown in it.

alter table sessions add column session_id uuid;
update sessions set session_id = gen_random_uuid(), ended_at = coalesce(ended_at, seen_at);
alter table sessions
    alter column session_id set not null,
    add column factor text check (factor in ('totp', 'passkey', 'recovery')),
    add unique (session_id);
grant update (ended_at, seen_at) on sessions to bookedbarber_platform;

create table totp_seeds (
    seed_id     uuid primary key,
    person_id   uuid not null references people (person_id),
    seed        bytea not null,           -- sealed
    last_step   bigint not null,          -- of the last code it was used for: each is good once
    created_at  timestamptz not null,
    proven_at   timestamptz,              -- when its first code was right; before, it opens nothing
    ended_at    timestamptz
);
create index on totp_seeds (person_id) where ended_at is null;

-- That somebody showed a second factor for one act and no other. Good for minutes, and once.
create table step_ups (
    step_up_id  uuid primary key,
    session_id  uuid not null references sessions (session_id) on delete cascade,
    operation   bytea not null check (length(operation) = 32),
    factor      text not null check (factor in ('totp', 'passkey', 'recovery')),
    at          timestamptz not null,
    used_at     timestamptz
);
create index on step_ups (session_id, operation) where used_at is null;

do $$
declare
    t text;
begin
    foreach t in array array['totp_seeds', 'step_ups'] loop
        execute format('alter table %I enable row level security', t);
        execute format('alter table %I force row level security', t);
        execute format('create policy owner on %I to %I using (true)', t, current_user);
        execute format('create policy platform on %I to bookedbarber_platform using (true)', t);
    end loop;
end $$;
grant select, insert on totp_seeds, step_ups to bookedbarber_platform;
grant update (last_step, proven_at, ended_at) on totp_seeds to bookedbarber_platform;
grant update (used_at) on step_ups to bookedbarber_platform;
