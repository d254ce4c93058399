-- name: keep_key :count
-- Keep a person's wrapped key.
insert into data_keys (shop_id, subject_id, key_id, wrapped, created_at)
values (:shop_id, :subject_id, :key_id, :wrapped, :now)

-- name: find_key :maybe
-- A person's wrapped key; none once it was destroyed.
select wrapped from data_keys
 where shop_id = :shop_id and subject_id = :subject_id and key_id = :key_id

-- name: find_keys :many
-- The wrapped keys of several people, of each the one named; those that were destroyed are missing.
-- row: KeyOfPerson
select subject_id, key_id, wrapped
  from data_keys
  join unnest(:subject_ids::uuid[], :key_ids::uuid[]) as wanted (subject_id, key_id)
       using (subject_id, key_id)
 where shop_id = :shop_id
