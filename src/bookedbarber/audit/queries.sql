-- fragment: record
-- One event of the trail, for each row of `gate`.
audited as (
    insert into audit_events (shop_id, event_id, at, actor, act, object, facts)
    select :shop_id, :audit_id, :now, :actor, :act, :object, :facts from gate
    returning 1
)

-- name: record :count
-- Add one event to the trail of a shop.
with gate as (select 1), {{record}}
select count(*) from audited

-- name: newest :many
-- The newest events of each of these shops, as one word that changes with them. Events are not
-- committed in the order of their ids, so it looks at more than the last.
-- row: Newest
select shop_id, word
  from unnest(:shop_ids::uuid[]) as wanted (shop_id)
  cross join lateral (
        select coalesce(md5(string_agg(event_id::text, ',')), '') as word
          from (select event_id from audit_events a where a.shop_id = wanted.shop_id
                 order by event_id desc limit 50) as last) as newest

-- name: add_security_event :count
-- Keep what happened that should not have.
-- optional: shop_id, person_id
insert into security_events (event_id, shop_id, person_id, at, kind, severity, facts)
values (:event_id, :shop_id, :person_id, :now, :kind, :severity, :facts)
