-- fragment: post
-- One entry with its postings, for each row of `gate`; what happened is booked once.
entry as (
    insert into entries (shop_id, entry_id, kind, happened, effective_at, recorded_at, reverses)
    select :shop_id, :entry_id, :entry_kind, :happened, :effective_at, :now, :reverses from gate
    on conflict (shop_id, happened) do nothing
    returning shop_id, entry_id
),
posted as (
    insert into postings (shop_id, entry_id, line, account, side, amount, currency,
                          stripe_account, party_id, item)
    select entry.shop_id, entry.entry_id, p.line, p.account, p.side, p.amount, :currency,
           :stripe_account, p.party_id, p.item
      from entry,
           unnest(:accounts::text[], :sides::text[], :amounts::bigint[], :parties::uuid[],
                  :items::text[]) with ordinality
               as p (account, side, amount, party_id, item, line)
    returning 1
)

-- name: post :one
-- Book one entry; says how many are new (0 when this had been booked before).
-- optional: reverses, parties[]
with gate as (select 1), {{post}}
select count(*) as booked from entry

-- name: book_balance_transaction :one
-- Book Stripe's movement and its entry in one step; 0 when it had been booked before.
-- optional: reverses, parties[]
with gate as (
    insert into balance_transactions (stripe_account, id, shop_id, type, reporting_category,
                                      balance_type, source, amount, fee, net, currency, created,
                                      available_on, recorded_at)
    values (:stripe_account, :transaction_id, :shop_id, :type, :reporting_category,
            :balance_type, :source, :amount, :fee, :net, :currency, :effective_at,
            :available_on, :now)
    on conflict (stripe_account, id) do nothing
    returning 1
), {{post}}
select count(*) as booked from entry

-- name: find_entry :maybe
-- The entry that booked what happened, with its postings, line by line.
-- row: BookedEntry
select e.entry_id, e.kind, e.effective_at, p.stripe_account, p.currency::text as currency,
       array_agg(p.account order by p.line) as accounts,
       array_agg(p.side order by p.line) as sides,
       array_agg(p.amount order by p.line) as amounts,
       array_agg(p.party_id order by p.line) as parties,
       array_agg(p.item order by p.line) as items
  from entries e join postings p using (shop_id, entry_id)
 where e.shop_id = :shop_id and e.happened = :happened
 group by e.entry_id, e.kind, e.effective_at, p.stripe_account, p.currency

-- name: trial_balance :many
-- Every account of every set of books, with what was debited and credited to it.
-- row: AccountTotal
select stripe_account, currency::text as currency, account,
       coalesce(sum(amount) filter (where side = 'debit'), 0)::bigint as debits,
       coalesce(sum(amount) filter (where side = 'credit'), 0)::bigint as credits
  from postings
 group by stripe_account, currency, account
 order by stripe_account, currency, account

-- name: unbalanced_entries :many
-- Entries whose debits and credits differ. The database refuses them; this proves it did.
-- row: UnbalancedEntry
select shop_id, entry_id, currency::text as currency,
       sum(case side when 'debit' then amount else -amount end)::bigint as difference
  from postings
 group by shop_id, entry_id, currency
having sum(case side when 'debit' then amount else -amount end) <> 0

-- name: open_items :many
-- What is still open in one account, item by item, the oldest first.
-- row: OpenItem
select p.stripe_account, p.shop_id, p.item, p.currency::text as currency, p.account,
       sum(case p.side when 'debit' then p.amount else -p.amount end)::bigint as debit_balance,
       min(e.effective_at) as since
  from postings p join entries e using (shop_id, entry_id)
 where p.account = :account
 group by p.stripe_account, p.shop_id, p.item, p.currency, p.account
having sum(case p.side when 'debit' then p.amount else -p.amount end) <> 0
 order by min(e.effective_at)

-- name: overdue_items :many
-- A page of what has been open in one account since before a moment, the oldest first, after one.
-- row: OpenItem
select p.stripe_account, p.shop_id, p.item, p.currency::text as currency, p.account,
       sum(case p.side when 'debit' then p.amount else -p.amount end)::bigint as debit_balance,
       min(e.effective_at) as since
  from postings p join entries e using (shop_id, entry_id)
 where p.account = :account
 group by p.stripe_account, p.shop_id, p.item, p.currency, p.account
having sum(case p.side when 'debit' then p.amount else -p.amount end) <> 0
   and min(e.effective_at) < :before
   and (min(e.effective_at), p.item) > (:after_since::timestamptz, :after_item::text)
 order by min(e.effective_at), p.item limit :page

-- name: booked_net :many
-- Sum of `net` over the booked balance transactions of each Stripe account and currency.
-- row: BookedNet
select stripe_account, currency::text as currency, count(*) as transactions,
       sum(net)::bigint as net
  from balance_transactions group by stripe_account, currency

-- name: booked_ids :many
-- Which of these balance transactions are booked.
select id from balance_transactions
 where stripe_account = :stripe_account and id = any(:ids::text[])

-- name: item_balances :many
-- What is open on one item in each of these accounts, as a credit balance in minor units.
-- row: ItemBalance
select account, sum(case side when 'credit' then amount else -amount end)::bigint as open
  from postings
 where shop_id = :shop_id and account = any(:accounts::text[]) and item = :item
 group by account

-- name: open_on_items :many
-- What is open in one account on each of these items, as a debit balance in minor units.
-- row: ItemOpen
select item, sum(case side when 'debit' then amount else -amount end)::bigint as open
  from postings
 where shop_id = :shop_id and account = :account and item = any(:items::text[])
 group by item

-- name: wrong_side :many
-- Items of accounts that are somebody's and stand on the side on which nothing can be owed.
-- row: OpenItem
select p.stripe_account, p.shop_id, p.item, p.currency::text as currency, p.account,
       sum(case p.side when 'debit' then p.amount else -p.amount end)::bigint as debit_balance,
       min(e.effective_at) as since
  from postings p join entries e using (shop_id, entry_id)
 where p.account = any(:debit_accounts::text[]) or p.account = any(:credit_accounts::text[])
 group by p.stripe_account, p.shop_id, p.item, p.currency, p.account
having case when p.account = any(:debit_accounts::text[])
            then sum(case p.side when 'debit' then p.amount else -p.amount end) < 0
            else sum(case p.side when 'debit' then p.amount else -p.amount end) > 0 end
 order by min(e.effective_at)
