-- name: store :many
-- Keep events as received, their bodies sealed, each once; gives back the ids that are new.
-- optional: object_kinds[], object_ids[], intent_ids[]
insert into webhook_events (stripe_account, event_id, type, created, object_kind, object_id,
                            intent_id, body, received_at, state, run_at, attempts, defects)
select e.stripe_account, e.event_id, e.type, e.created, e.object_kind, e.object_id,
       e.intent_id, e.body, e.received_at, 'ready', e.received_at, 0, 0
  from unnest(:accounts::text[], :event_ids::text[], :types::text[], :createds::timestamptz[],
              :object_kinds::text[], :object_ids::text[], :intent_ids::text[],
              :bodies::bytea[], :receiveds::timestamptz[])
       as e (stripe_account, event_id, type, created, object_kind, object_id, intent_id,
             body, received_at)
 order by e.stripe_account, e.event_id
on conflict (stripe_account, event_id) do nothing
returning event_id

-- name: claim :many
-- Take events to handle that nobody holds, the oldest first, until `lease_until`.
-- row: StoredEvent
-- nullable: object_kind, object_id, intent_id
update webhook_events
   set leased_until = :lease_until, attempts = attempts + 1
 where (stripe_account, event_id) in (
        select stripe_account, event_id from webhook_events
         where state = 'ready' and run_at <= :now
           and (leased_until is null or leased_until <= :now)
         order by run_at
         limit :batch
           for update skip locked)
returning stripe_account, event_id, object_kind, object_id, intent_id, attempts, defects

-- fragment: still_ours
        select e.stripe_account, e.event_id
          from webhook_events e
          join unnest(:event_ids::text[], :attempts::int[]) as mine (event_id, attempts)
               using (event_id, attempts)
         where e.stripe_account = :stripe_account and e.state = 'ready'
           for update of e skip locked

-- name: finish :count
-- These events are handled. Locked in order, for another worker may be finishing some of them.
update webhook_events set state = 'done', leased_until = null, failure = null, finished_at = :now
 where (stripe_account, event_id) in (
        select stripe_account, event_id from webhook_events
         where stripe_account = :stripe_account and event_id = any(:event_ids::text[])
           and state = 'ready'
         order by event_id
           for update)

-- name: retry :count
-- Handling failed for now: to be tried again at `run_at`. Leaves out those whose claim ran out and
-- that somebody else has: each claim counts an attempt, so the attempt tells whose it is.
update webhook_events
   set leased_until = null, run_at = :run_at, failure = :failure, defects = defects + :defects
 where (stripe_account, event_id) in ({{webhooks.still_ours}})

-- name: bury :count
-- Handling failed for good: the events wait for an operator. Leaves out what is not ours any more.
update webhook_events
   set state = 'dead', leased_until = null, failure = :failure, defects = defects + 1,
       finished_at = :now
 where (stripe_account, event_id) in ({{webhooks.still_ours}})

-- name: heartbeat :many
-- Still at work: keep these events from other workers until `lease_until`. Gives back which of
-- them are still ours; one that is being finished this moment needs no keeping, and is left out.
update webhook_events set leased_until = :lease_until
 where (stripe_account, event_id) in ({{webhooks.still_ours}})
returning event_id

-- name: release :count
-- Stopping: give back at once what was not finished, for the next worker to take up.
update webhook_events set leased_until = null
 where (stripe_account, event_id) in ({{webhooks.still_ours}})

-- name: revive :count
-- An operator asks for dead or handled events to be handled again. An event belongs to no shop and
-- has no trail: its own row says when it was last asked for.
update webhook_events
   set state = 'ready', run_at = :now, attempts = 0, defects = 0, leased_until = null,
       finished_at = null, replayed_at = :now
 where stripe_account = :stripe_account and event_id = any(:event_ids::text[])
   and state <> 'ready'

-- name: tally :many
-- How many events there are in each state.
-- row: EventCount
select state, count(*) as events from webhook_events group by state

-- name: dead :many
-- Events whose handling failed for good, newest first.
-- row: DeadEvent
-- nullable: failure, finished_at
select stripe_account, event_id, type, created, attempts, failure, finished_at
  from webhook_events where state = 'dead' order by finished_at desc limit :page

-- name: find_body :maybe
-- What one event said, sealed; nothing when there is no such event.
-- row: KeptBody
-- nullable: body
select body, received_at
  from webhook_events where stripe_account = :stripe_account and event_id = :event_id

-- name: forget_bodies :count
-- Let go of what some events said that are over since before `before`, the oldest first; that they
-- came, and what they were about, is kept.
update webhook_events set body = null
 where (stripe_account, event_id) in (
        select stripe_account, event_id from webhook_events
         where state <> 'ready' and body is not null and finished_at < :before
         order by finished_at
         limit :batch
           for update skip locked)

-- name: due :one
-- How many events are due and not yet handled, what is in hand included.
select count(*) as due from webhook_events where state = 'ready' and run_at <= :now
