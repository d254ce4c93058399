-- The desk: a client arrives, does not come, or walks in without having booked.

-- Who walks in may leave no address: such a client is known to one visit and to no other.
alter table clients
    alter column email_index drop not null,
    alter column email drop not null,
    add constraint clients_email_check check ((email is null) = (email_index is null));

-- ── appointments ─────────────────────────────────────────────────────────────────────────

alter table appointments
    drop constraint appointments_state_check,
    drop constraint one_client_a_slot,
    alter column booked_ip drop not null,
    alter column booked_device drop not null,
    add column walk_in boolean not null default false,
    add column arrived_at timestamptz,
    add column arrived_by text,            -- who checked the client in, as the trail names them
    add constraint appointments_state_check check (state in (
        'held', 'confirmed', 'arrived', 'completed', 'cancelled', 'no_show', 'expired')),
    -- Nobody agreed to anything from anywhere when a walk-in was written down.
    add constraint appointments_evidence_check check (
        walk_in = (booked_ip is null) and walk_in = (booked_device is null)),
    add constraint appointments_arrival_check check (
        (arrived_at is null) = (arrived_by is null)
        and (state <> 'arrived' or arrived_at is not null)
        and (state <> 'no_show' or arrived_at is null)),
    -- As before, and a client who is here keeps the chair. Who did not come does not: what is left
    -- of the time may go to somebody who walks in.
    add constraint one_client_a_slot exclude using gist
        (shop_id with =, barber_id with =, blocked with &&)
        where (state in ('held', 'confirmed', 'arrived', 'completed'));

-- `blocked` ends with the buffer, which is the shop's own and gives way to a walk-in; what was
-- agreed, `starts_at` and `ends_at`, stays as it is.
grant update (arrived_at, arrived_by, blocked) on appointments
    to bookedbarber_app, bookedbarber_platform;

-- ── refunds ──────────────────────────────────────────────────────────────────────────────

alter table refunds
    drop constraint refunds_reason_check,
    add constraint refunds_reason_check check (reason in (
        'requested_by_customer', 'cancelled_by_shop', 'no_show', 'slot_lost', 'duplicate',
        'goodwill'));
