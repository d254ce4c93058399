-- Twelve months of a shop, and the twelve before, are added up payment by payment: nothing but what is
-- added up lies on the way, and what a refund changes is no part of it.

create index on payments (shop_id, captured_at) include (amount) where state = 'captured';
drop index payments_shop_id_captured_at_amount_tip_amount_refunding_idx;
