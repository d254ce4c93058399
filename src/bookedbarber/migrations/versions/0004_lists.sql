create index on payments (shop_id, captured_at) include (amount, tip_amount, refunding)
    where state = 'captured';
create index on audit_events (shop_id, at) include (object, facts) where act = 'payment.declined';
create index on refunds (shop_id, settled_at) include (state, amount);
