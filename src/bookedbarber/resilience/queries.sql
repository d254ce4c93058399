-- name: claim_key :count
-- Write down a caller's key with what it did; 0 when the key was used before.
insert into idempotency_keys (shop_id, caller, key, request, result, created_at)
values (:shop_id, :caller, :key, :request, :result, :now)
on conflict (shop_id, caller, key) do nothing

-- name: wait_for_key :count
-- Wait for a request under the same key that is being worked on, and hold later ones up until this
-- transaction ends.
select pg_advisory_xact_lock(
    hashtextextended(concat_ws(chr(31), :shop_id::uuid, :caller::text, :key::text), 0))::text as held

-- name: find_key :maybe
-- What a caller's key did.
-- row: UsedKey
select request, result from idempotency_keys
 where shop_id = :shop_id and caller = :caller and key = :key

-- name: forget_keys :count
-- Drop some of the keys older than `before`, the oldest first.
delete from idempotency_keys
 where (shop_id, caller, key) in (
        select shop_id, caller, key from idempotency_keys
         where created_at < :before
         order by created_at
         limit :batch)
