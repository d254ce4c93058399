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
