-- name: find_key :maybe
-- An API key that is in force.
-- row: ApiKey
select key_id, digest from api_keys
 where shop_id = :shop_id and key_id = :key_id and revoked_at is null

-- name: add_key :count
-- A new API key of a shop.
insert into api_keys (shop_id, key_id, name, digest, ending, created_at)
values (:shop_id, :key_id, :name, :digest, :ending, :now)

-- name: list_keys :many
-- Every API key a shop ever had, oldest first, without what it is checked by.
-- row: KeyListed
-- nullable: ending, revoked_at
select key_id, name, ending::text as ending, created_at, revoked_at from api_keys
 where shop_id = :shop_id order by key_id

-- name: revoke_key :count
-- An API key is no longer in force.
update api_keys set revoked_at = :now::timestamptz
 where shop_id = :shop_id and key_id = :key_id and revoked_at is null
