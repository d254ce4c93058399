-- fragment: enqueue
-- One job, for each row of `gate`; asked for twice by the same name, it is one job.
enqueued as (
    insert into jobs (job_id, shop_id, kind, about, name, state, run_at, attempts, defects,
                      created_at)
    select :job_id, :shop_id, :job_kind, :about, :job_name, 'ready', :run_at, 0, 0, :now from gate
    on conflict (shop_id, name) do nothing
    returning 1
)

-- name: enqueue :one
-- Ask for work in the caller's own transaction; says how many jobs are new (0 or 1).
with gate as (select 1), {{enqueue}}
select count(*) as added from enqueued

-- name: claim :many
-- Take due jobs that nobody holds, the longest due first, until `lease_until`.
-- row: Job
update jobs
   set leased_until = :lease_until, attempts = attempts + 1
 where job_id in (
        select job_id from jobs
         where state = 'ready' and run_at <= :now
           and (leased_until is null or leased_until <= :now)
         order by run_at
         limit :batch
           for update skip locked)
returning job_id, shop_id, kind, about, attempts, defects

-- name: finish :count
-- The work is done.
update jobs set state = 'done', leased_until = null, failure = null, finished_at = :now
 where job_id = any(:job_ids::uuid[]) and state = 'ready'

-- name: retry :count
-- The work failed for now: give it back, to be run at `run_at`. Nothing, when the claim ran out
-- and somebody else has it: each claim counts an attempt, so the attempt tells whose it is.
update jobs set leased_until = null, run_at = :run_at, failure = :failure,
                defects = defects + :defects
 where job_id = :job_id and state = 'ready' and attempts = :attempt

-- name: bury :count
-- The work failed for good: it waits for an operator. Nothing, when somebody else has it by now.
update jobs set state = 'dead', leased_until = null, failure = :failure,
                defects = defects + 1, finished_at = :now
 where job_id = :job_id and state = 'ready' and attempts = :attempt

-- name: heartbeat :many
-- Still at work: keep these jobs from other workers until `lease_until`. Gives back which of them
-- are still ours; a job that is being finished this moment needs no keeping, and is left out.
update jobs set leased_until = :lease_until
 where job_id in (
        select j.job_id
          from jobs j join unnest(:job_ids::uuid[], :attempts::int[]) as mine (job_id, attempts)
               using (job_id, attempts)
         where j.state = 'ready'
           for update of j skip locked)
returning job_id

-- name: release :count
-- Stopping: give back at once what was not finished, for the next worker to take up.
update jobs set leased_until = null
 where job_id in (
        select j.job_id
          from jobs j join unnest(:job_ids::uuid[], :attempts::int[]) as mine (job_id, attempts)
               using (job_id, attempts)
         where j.state = 'ready'
           for update of j skip locked)

-- name: dead :many
-- Work that failed for good, newest first.
-- row: DeadJob
-- nullable: failure, finished_at
select job_id, shop_id, kind, about, attempts, failure, finished_at
  from jobs where state = 'dead' order by finished_at desc limit :batch

-- name: forget :count
-- Drop some of the work that was finished before `before`, the oldest first.
delete from jobs
 where job_id in (
        select job_id from jobs
         where state = 'done' and finished_at < :before
         order by finished_at
         limit :batch
           for update skip locked)

-- name: revive :maybe
-- An operator asks for dead work to be done again; whose and what it is.
-- row: Revived
update jobs set state = 'ready', run_at = :now, attempts = 0, defects = 0,
                leased_until = null, finished_at = null
 where job_id = :job_id and state = 'dead'
returning shop_id, kind

-- name: due :one
-- How much work is due and not yet done, what is in hand included.
select count(*) as due from jobs where state = 'ready' and run_at <= :now
