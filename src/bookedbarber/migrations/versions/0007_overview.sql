-- What an overview asks for beside the sums of 0004: the little that is open out of the much that
-- is done, so that looking costs the same however long a shop has been here.

create index on balance_transactions (shop_id, available_on) include (net, fee, currency);
create index on refunds (shop_id, asked_at) where state in ('requested', 'pending', 'failed');
create index on appointments (shop_id, ends_at) where state in ('confirmed', 'arrived');
create index on jobs (shop_id, finished_at) where state = 'dead';
create index on webhook_events (finished_at) where state = 'dead';
