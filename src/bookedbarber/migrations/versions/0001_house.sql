-- The first schema. Rules that hold for every table of a shop:
--   shop_id leads every key, so that a row can only refer to rows of its own shop (the few keys
--   that do not, and why: docs/decisions/0007-whose-rows.md);
--   row-level security is forced: the app role sees one shop, set for each transaction;
--   no default and no function reads the clock: time comes in from the caller.

create extension if not exists btree_gist;

-- ── shops ────────────────────────────────────────────────────────────────────────────────

create table shops (
    shop_id            uuid primary key,
    slug               text not null unique check (slug ~ '^[a-z0-9][a-z0-9-]{1,62}$'),
    name               text not null,
    address            text not null,
    phone              text,
    locale             text not null,
    time_zone          text not null,
    country            char(2) not null,
    currency           char(3) not null,
    tax_name           text not null,
    tax_basis_points   integer not null check (tax_basis_points between 0 and 10000),
    tax_included       boolean not null,
    slot_step_minutes  integer not null check (slot_step_minutes between 5 and 240),
    notice_minutes     integer not null check (notice_minutes >= 0),
    horizon_days       integer not null check (horizon_days between 1 and 730),
    free_cancel_hours  integer not null check (free_cancel_hours >= 0),
    late_refund_basis_points integer not null check (late_refund_basis_points between 0 and 10000),
    checkout_hosted    boolean not null,
    stripe_account     text not null,
    created_at         timestamptz not null
);

-- The public door needs the shop behind a name before any tenant is set: this is all it may see.
create table shop_directory (
    slug     text primary key references shops (slug) on update cascade,
    shop_id  uuid not null references shops (shop_id)
);

create table shop_terms (
    shop_id     uuid not null references shops (shop_id),
    version     integer not null check (version > 0),
    text        text not null,
    adopted_at  timestamptz not null,
    primary key (shop_id, version)
);

create table opening_hours (
    shop_id  uuid not null references shops (shop_id),
    weekday  smallint not null check (weekday between 0 and 6),  -- 0 is Monday
    opens    time not null,
    closes   time not null,
    primary key (shop_id, weekday, opens)  -- closing at or before opening means the next day
);

create table barbers (
    shop_id      uuid not null references shops (shop_id),
    barber_id    uuid not null,
    name         text not null,
    worker_type  text not null check (worker_type in ('employee', 'contractor', 'renter')),
    position     integer not null,
    active       boolean not null,
    primary key (shop_id, barber_id)
);

create table barber_hours (
    shop_id    uuid not null,
    barber_id  uuid not null,
    kind       text not null check (kind in ('work', 'break')),
    weekday    smallint not null check (weekday between 0 and 6),
    starts     time not null,
    ends       time not null,
    primary key (shop_id, barber_id, kind, weekday, starts),
    foreign key (shop_id, barber_id) references barbers
);

create table time_off (
    shop_id    uuid not null,
    id         uuid not null,
    barber_id  uuid not null,
    during     tstzrange not null check (not isempty(during)),
    primary key (shop_id, id),
    foreign key (shop_id, barber_id) references barbers
);
create index on time_off using gist (shop_id, barber_id, during);

create table services (
    shop_id           uuid not null references shops (shop_id),
    service_id        uuid not null,
    name              text not null,
    description       text not null,
    duration_minutes  integer not null check (duration_minutes between 5 and 1440),
    buffer_minutes    integer not null check (buffer_minutes between 0 and 240),
    price             bigint not null check (price > 0),
    currency          char(3) not null,
    deposit_kind      text not null check (deposit_kind in ('none', 'share', 'fixed')),
    deposit_value     bigint not null check (deposit_value >= 0),  -- basis points, or minor units
    position          integer not null,
    active            boolean not null,
    primary key (shop_id, service_id),
    check (deposit_kind <> 'share' or deposit_value between 1 and 10000),
    check (deposit_kind <> 'fixed' or deposit_value between 1 and price)
);

create table barber_services (
    shop_id     uuid not null,
    barber_id   uuid not null,
    service_id  uuid not null,
    primary key (shop_id, barber_id, service_id),
    foreign key (shop_id, barber_id) references barbers,
    foreign key (shop_id, service_id) references services
);

-- ── clients and their keys ───────────────────────────────────────────────────────────────

-- One key for each person: destroying it makes every sealed field of theirs unreadable.
create table data_keys (
    shop_id     uuid not null references shops (shop_id),
    subject_id  uuid not null,
    key_id      uuid not null,
    wrapped     bytea not null,
    created_at  timestamptz not null,
    primary key (shop_id, subject_id, key_id)
);

create table clients (
    shop_id      uuid not null references shops (shop_id),
    client_id    uuid not null,
    email_index  bytea not null,   -- keyed hash of the address, for look-up
    email        bytea not null,   -- sealed
    key_id       uuid not null,
    created_at   timestamptz not null,
    primary key (shop_id, client_id),
    unique (shop_id, email_index)
);

-- ── appointments ─────────────────────────────────────────────────────────────────────────

create table appointments (
    shop_id         uuid not null references shops (shop_id),
    appointment_id  uuid not null,
    barber_id       uuid not null,
    service_id      uuid not null,
    client_id       uuid not null,
    state           text not null
        check (state in ('held', 'confirmed', 'completed', 'cancelled', 'expired')),
    starts_at       timestamptz not null,
    ends_at         timestamptz not null,
    blocked         tstzrange not null,  -- the service and the buffer after it
    held_until      timestamptz,
    service_name    text not null,       -- as sold
    service_amount  bigint not null check (service_amount > 0),  -- without tax
    tax_amount      bigint not null check (tax_amount >= 0),
    tax_basis_points integer not null check (tax_basis_points between 0 and 10000),
    tip_amount      bigint not null check (tip_amount >= 0),
    deposit_amount  bigint not null check (deposit_amount >= 0),
    currency        char(3) not null,
    guest_name      bytea not null,      -- sealed, as typed by whoever booked
    guest_phone     bytea,               -- sealed
    key_id          uuid not null,
    locale          text not null,
    terms_version   integer not null,
    booked_ip       bytea not null,      -- sealed: evidence of who agreed to the terms
    booked_device   bytea not null,      -- sealed
    booked_at       timestamptz not null,
    closed_at       timestamptz,
    cancelled_by    text check (cancelled_by in ('client', 'shop')),
    primary key (shop_id, appointment_id),
    foreign key (shop_id, barber_id) references barbers,
    foreign key (shop_id, service_id) references services,
    foreign key (shop_id, client_id) references clients,
    foreign key (shop_id, terms_version) references shop_terms (shop_id, version),
    check (starts_at < ends_at),
    check ((state = 'held') = (held_until is not null)),
    check ((state = 'cancelled') = (cancelled_by is not null)),
    check (deposit_amount <= service_amount + tax_amount),
    -- Two clients can never hold one slot. The constraint cannot read the clock, so stale holds
    -- are expired first, in the transaction that wants the slot.
    constraint one_client_a_slot exclude using gist
        (shop_id with =, barber_id with =, blocked with &&)
        where (state in ('held', 'confirmed', 'completed'))
);
create index on appointments (shop_id, starts_at);
create index on appointments (held_until) where state = 'held';
create index on appointments (shop_id, client_id) where state = 'held';

-- ── payments ─────────────────────────────────────────────────────────────────────────────

create table payments (
    shop_id         uuid not null,
    payment_id      uuid not null,
    appointment_id  uuid not null,
    purpose         text not null check (purpose in ('deposit', 'full')),
    state           text not null
        check (state in ('pending', 'open', 'processing', 'captured', 'cancelled')),
    service_amount  bigint not null check (service_amount >= 0),
    tax_amount      bigint not null check (tax_amount >= 0),
    tip_amount      bigint not null check (tip_amount >= 0),
    amount          bigint not null check (amount > 0),
    refunding       bigint not null default 0,  -- asked for and not refused or failed
    currency        char(3) not null,
    stripe_account  text not null,
    via             text not null check (via in ('element', 'checkout')),  -- our page, or Stripe's
    intent_id       text,
    left_intent_id  text,                -- given up for a page at Stripe, until it is cancelled
    checkout_id     text,
    checkout_expires_at timestamptz,     -- as Stripe was, or will be, told
    charge_id       text,
    card_brand      text,
    card_last4      text,
    decline_code    text,
    created_at      timestamptz not null,
    captured_at     timestamptz,
    primary key (shop_id, payment_id),
    foreign key (shop_id, appointment_id) references appointments,
    check (amount = service_amount + tax_amount + tip_amount),
    check (refunding between 0 and amount),
    check ((state = 'captured') = (captured_at is not null)),
    check (state <> 'captured' or (intent_id is not null and charge_id is not null))
);
create index on payments (shop_id, appointment_id);
create unique index on payments (stripe_account, intent_id);
create unique index on payments (stripe_account, charge_id);

create table refunds (
    shop_id           uuid not null,
    refund_id         uuid not null,
    payment_id        uuid not null,
    state             text not null
        check (state in ('requested', 'pending', 'succeeded', 'failed', 'cancelled', 'refused')),
    service_amount    bigint not null check (service_amount >= 0),
    tax_amount        bigint not null check (tax_amount >= 0),
    tip_amount        bigint not null check (tip_amount >= 0),
    amount            bigint not null check (amount > 0),
    currency          char(3) not null,
    stripe_account    text not null,
    stripe_refund_id  text,
    reason            text not null
        check (reason in ('requested_by_customer', 'cancelled_by_shop', 'slot_lost', 'duplicate',
                          'goodwill')),
    note              text not null,
    requested_by      text not null,
    failure           text,
    requested_at      timestamptz not null,
    tries             integer not null check (tries > 0),  -- each is a refund of Stripe's own
    asked_at          timestamptz not null,                -- when this try was asked for
    settled_at        timestamptz,
    primary key (shop_id, refund_id),
    foreign key (shop_id, payment_id) references payments,
    check (amount = service_amount + tax_amount + tip_amount)
);
create index on refunds (shop_id, payment_id);
create unique index on refunds (stripe_account, stripe_refund_id);
create index on refunds (asked_at) where state = 'pending';

-- ── the books ────────────────────────────────────────────────────────────────────────────

create table entries (
    shop_id       uuid not null references shops (shop_id),
    entry_id      uuid not null,
    kind          text not null,
    happened      text not null,            -- what happened, by id: an effect is booked once
    effective_at  timestamptz not null,     -- when it was true
    recorded_at   timestamptz not null,     -- when we knew it
    reverses      uuid,
    primary key (shop_id, entry_id),
    unique (shop_id, happened),
    foreign key (shop_id, reverses) references entries
);

create table postings (
    shop_id         uuid not null,
    entry_id        uuid not null,
    line            smallint not null,
    account         text not null,
    side            text not null check (side in ('debit', 'credit')),
    amount          bigint not null check (amount > 0),
    currency        char(3) not null,
    stripe_account  text not null,          -- whose books: the account that charges
    party_id        uuid,                   -- the person it belongs to, where it is somebody's
    item            text not null,          -- the open item it raises or settles
    primary key (shop_id, entry_id, line),
    foreign key (shop_id, entry_id) references entries
);
create index on postings (stripe_account, currency, account);
create index on postings (shop_id, account, item);

-- Runs with its owner's rights, so that no tenant setting can blind it.
create function entry_balances() returns trigger
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    off record;
begin
    select p.currency,
           sum(case p.side when 'debit' then p.amount else -p.amount end) as difference
      into off
      from public.postings p
     where p.shop_id = new.shop_id and p.entry_id = new.entry_id
     group by p.currency
    having sum(case p.side when 'debit' then p.amount else -p.amount end) <> 0
     limit 1;
    if found then
        raise exception 'entry % does not balance in %: off by %',
            new.entry_id, off.currency, off.difference
            using errcode = 'check_violation', constraint = 'entry_balances';
    end if;
    if not exists (select from public.postings p
                    where p.shop_id = new.shop_id and p.entry_id = new.entry_id) then
        raise exception 'entry % has no postings', new.entry_id
            using errcode = 'check_violation', constraint = 'entry_balances';
    end if;
    return null;
end $$;

-- What is booked stays as it is: postings come with their entry, in its own transaction. Runs once
-- for each statement, with its owner's rights. (An entry made under a savepoint counts as another
-- transaction's: post without one.)
create function postings_come_with_their_entry() returns trigger
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    if exists (select from new_postings n join public.entries e using (shop_id, entry_id)
                where e.xmin <> pg_current_xact_id()::xid) then
        raise exception 'an entry that is booked takes no more postings'
            using errcode = 'restrict_violation';
    end if;
    return null;
end $$;

create trigger postings_come_with_their_entry after insert on postings
    referencing new table as new_postings
    for each statement execute function postings_come_with_their_entry();

create constraint trigger entry_balances after insert on entries
    deferrable initially deferred for each row execute function entry_balances();
create constraint trigger posting_balances after insert on postings
    deferrable initially deferred for each row execute function entry_balances();

create function only_grows() returns trigger language plpgsql as $$
begin
    raise exception '% only grows: % is not allowed', tg_table_name, tg_op
        using errcode = 'restrict_violation';
end $$;

create trigger only_grows before update or delete or truncate on entries
    for each statement execute function only_grows();
create trigger only_grows before update or delete or truncate on postings
    for each statement execute function only_grows();

-- Stripe's movements as booked. Belongs to a Stripe account, which may serve several shops.
create table balance_transactions (
    stripe_account      text not null,
    id                  text not null,
    shop_id             uuid not null references shops (shop_id),
    type                text not null,
    reporting_category  text not null,
    balance_type        text not null,
    source              text not null,
    amount              bigint not null,
    fee                 bigint not null,
    net                 bigint not null check (net = amount - fee),
    currency            char(3) not null,
    created             timestamptz not null,
    available_on        timestamptz not null,
    recorded_at         timestamptz not null,
    primary key (stripe_account, id)
);
create index on balance_transactions (shop_id, source);
create trigger only_grows before update or delete or truncate on balance_transactions
    for each statement execute function only_grows();

-- ── the trail ────────────────────────────────────────────────────────────────────────────

create table audit_events (
    shop_id   uuid not null references shops (shop_id),
    event_id  uuid not null,
    at        timestamptz not null,
    actor     text not null,
    act       text not null,
    object    text not null,
    facts     jsonb not null,
    primary key (shop_id, event_id)
);
create trigger only_grows before update or delete or truncate on audit_events
    for each statement execute function only_grows();

-- ── what is yet to do ────────────────────────────────────────────────────────────────────

create table jobs (
    job_id        uuid primary key,
    shop_id       uuid not null references shops (shop_id),
    kind          text not null,
    about         uuid not null,            -- the object the job is about
    name          text not null,            -- a second request for the same work is no new work
    state         text not null check (state in ('ready', 'done', 'dead')),
    run_at        timestamptz not null,
    attempts      integer not null,         -- times it was claimed: tells whose it is
    defects       integer not null,         -- tries that failed otherwise than by an outage
    leased_until  timestamptz,
    failure       text,
    created_at    timestamptz not null,
    finished_at   timestamptz,
    unique (shop_id, name)
);
create index on jobs (run_at) where state = 'ready';
create index on jobs (finished_at) where state = 'done';

create table webhook_events (
    stripe_account  text not null,
    event_id        text not null,
    type            text not null,
    created         timestamptz not null,
    object_kind     text,                   -- what it is about, as far as it says so
    object_id       text,
    intent_id       text,                   -- the PaymentIntent behind that object
    body            bytea,                  -- as received, byte for byte; sealed; gone in a month
    received_at     timestamptz not null,
    state           text not null check (state in ('ready', 'done', 'dead')),
    run_at          timestamptz not null,
    attempts        integer not null,       -- as in jobs
    defects         integer not null,       -- as in jobs
    leased_until    timestamptz,
    failure         text,
    finished_at     timestamptz,
    replayed_at     timestamptz,            -- when an operator last asked for it again
    primary key (stripe_account, event_id)
);
create index on webhook_events (run_at) where state = 'ready';
create index on webhook_events (finished_at) where state <> 'ready' and body is not null;

create table messages (
    shop_id         uuid not null references shops (shop_id),
    message_id      uuid not null,
    client_id       uuid not null,
    appointment_id  uuid not null,
    kind            text not null,
    name            text not null,          -- one message for one occasion
    recipient       bytea not null,         -- sealed
    subject         bytea not null,         -- sealed
    body            bytea not null,         -- sealed
    key_id          uuid not null,
    state           text not null check (state in ('queued', 'sent', 'failed')),
    created_at      timestamptz not null,
    sent_at         timestamptz,
    primary key (shop_id, message_id),
    unique (shop_id, name),
    foreign key (shop_id, client_id) references clients
);

-- ── callers ──────────────────────────────────────────────────────────────────────────────

create table api_keys (
    shop_id     uuid not null references shops (shop_id),
    key_id      uuid not null,
    name        text not null,
    digest      bytea not null,
    created_at  timestamptz not null,
    revoked_at  timestamptz,
    primary key (shop_id, key_id)
);

create table idempotency_keys (
    shop_id     uuid not null references shops (shop_id),
    caller      text not null,
    key         text not null,
    request     bytea not null,             -- hash of the operation and its body
    result      jsonb not null,             -- the ids of what was done
    created_at  timestamptz not null,
    primary key (shop_id, caller, key)
);
create index on idempotency_keys (created_at);

-- ── who may do what ──────────────────────────────────────────────────────────────────────

do $$
declare
    t text;
begin
    for t in select tablename from pg_tables
              where schemaname = 'public' and tablename <> 'alembic_version' loop
        execute format('alter table %I enable row level security', t);
        execute format('alter table %I force row level security', t);
        execute format('create policy owner on %I to %I using (true)', t, current_user);
        execute format('create policy platform on %I to bookedbarber_platform using (true)', t);
    end loop;
    -- Every table of a shop: one shop, and none when unset.
    for t in select c.table_name from information_schema.columns c
              where c.table_schema = 'public' and c.column_name = 'shop_id'
                and c.table_name <> 'shop_directory' loop
        execute format(
            'create policy tenant on %I to bookedbarber_app '
            'using (shop_id = nullif(current_setting(''app.shop'', true), '''')::uuid)', t);
    end loop;
end $$;

create policy public_names on shop_directory for select to bookedbarber_app using (true);

revoke all on all tables in schema public from public;
revoke create on schema public from public;
grant usage on schema public to bookedbarber_app, bookedbarber_platform;

grant select on shops, shop_directory, shop_terms, opening_hours, barbers, barber_hours, time_off,
    services, barber_services, data_keys, clients, appointments, payments, refunds, entries,
    postings, balance_transactions, audit_events, messages, api_keys, idempotency_keys, jobs
    to bookedbarber_app;
grant insert on data_keys, clients, appointments, payments, refunds, entries, postings,
    audit_events, jobs, messages, idempotency_keys to bookedbarber_app;
-- The right to lock a client's row, which PostgreSQL gives with a column's; nothing changes it.
grant update (created_at) on clients to bookedbarber_app;
-- What was agreed (amounts, times, people) can never be rewritten; only its state moves on.
grant update (state, held_until, closed_at, cancelled_by) on appointments
    to bookedbarber_app, bookedbarber_platform;
grant update (state, refunding, via, intent_id, left_intent_id, checkout_id, checkout_expires_at,
    charge_id, card_brand, card_last4, decline_code, captured_at)
    on payments to bookedbarber_app, bookedbarber_platform;
grant update (state, stripe_refund_id, failure, tries, asked_at, settled_at) on refunds
    to bookedbarber_app, bookedbarber_platform;

grant select on all tables in schema public to bookedbarber_platform;
grant insert on shops, shop_directory, shop_terms, opening_hours, barbers, barber_hours, time_off,
    services, barber_services, data_keys, clients, appointments, payments, refunds, entries,
    postings, balance_transactions, audit_events, jobs, webhook_events, messages, api_keys,
    idempotency_keys to bookedbarber_platform;
grant update (state, run_at, attempts, defects, leased_until, failure, finished_at)
    on jobs, webhook_events to bookedbarber_platform;
grant update (replayed_at, body) on webhook_events to bookedbarber_platform;
grant update (state, sent_at) on messages to bookedbarber_platform;
grant update (revoked_at) on api_keys to bookedbarber_platform;
grant delete on jobs, idempotency_keys to bookedbarber_platform;
