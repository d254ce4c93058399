-- fragment: messages
select shop_id, message_id, client_id, appointment_id, kind, name,
       recipient, subject, body, key_id, state, created_at, sent_at
  from messages

-- name: put :count
-- Queue a message; nothing when there is one for this occasion.
insert into messages (shop_id, message_id, client_id, appointment_id, kind, name,
                      recipient, subject, body, key_id, state, created_at)
values (:shop_id, :message_id, :client_id, :appointment_id, :kind, :name,
        :recipient, :subject, :body, :key_id, 'queued', :now)
on conflict (shop_id, name) do nothing

-- name: load :maybe
-- One message.
-- row: StoredMessage
-- nullable: sent_at
-- type: state bookedbarber.messages.states.MessageState
{{messages}} where shop_id = :shop_id and message_id = :message_id

-- name: find :maybe
-- The message for one occasion.
-- row: StoredMessage
-- nullable: sent_at
-- type: state bookedbarber.messages.states.MessageState
{{messages}} where shop_id = :shop_id and name = :name

-- name: newest :many
-- A page of messages older than `before`, newest first, of every shop that the role may see.
-- row: StoredMessage
-- nullable: sent_at
-- type: state bookedbarber.messages.states.MessageState
{{messages}} where message_id < :before order by message_id desc limit :page

-- name: of_appointment :many
-- What was written about one appointment, oldest first.
-- row: StoredMessage
-- nullable: sent_at
-- type: state bookedbarber.messages.states.MessageState
{{messages}} where shop_id = :shop_id and appointment_id = :appointment_id order by message_id

-- name: move :count
-- Move a message from one of the states it may leave; see states.py for what is allowed.
-- optional: sent_at
update messages set state = :to_state, sent_at = :sent_at
 where shop_id = :shop_id and message_id = :message_id
   and state = any(:from_states::text[])
