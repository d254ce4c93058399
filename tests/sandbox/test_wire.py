"""Stripe's wire format: keys, versions, nesting, expansion, pages, metadata, error bodies."""

from typing import Any

import pytest
import stripe

from tests.sandbox.payments import intent, pay
from tests.sandbox.running import PUBLISHABLE, Sandbox

pytestmark = pytest.mark.proves("R6.2")


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ("sk_test_wrong1234", "Invalid API Key provided: sk_test_*****1234"),
        (None, "You did not provide an API key"),
    ],
)
def test_a_wrong_key_is_stripes_401(sandbox: Sandbox, key: str | None, message: str) -> None:
    answer = sandbox.ask("GET", "/v1/customers", key=key)
    assert answer.status == 401
    assert answer.error["message"].startswith(message)
    assert answer.error["type"] == "invalid_request_error"


def test_the_sdk_raises_what_it_raises_at_stripe(sandbox: Sandbox) -> None:
    with pytest.raises(stripe.AuthenticationError):
        sandbox.client("sk_test_wrong").v1.customers.list()
    with pytest.raises(stripe.AuthenticationError):
        sandbox.client(PUBLISHABLE).v1.customers.list()


def test_a_key_may_come_as_basic(sandbox: Sandbox) -> None:
    headers = {"Authorization": "Basic c2tfdGVzdF81MVNhbmRib3hTZWNyZXQ6"}
    assert sandbox.ask("GET", "/v1/balance", key=None, headers=headers).status == 200


def test_only_this_account_may_be_named(sandbox: Sandbox) -> None:
    own = sandbox.control("health")["account"]
    for account, status in ((own, 200), ("acct_other", 403)):
        headers = {"Stripe-Account": account}
        assert sandbox.ask("GET", "/v1/balance", headers=headers).status == status


def test_a_version_is_echoed_and_a_strange_one_refused(sandbox: Sandbox) -> None:
    headers = {"Stripe-Version": "2026-10-28.endive"}
    answer = sandbox.ask("GET", "/v1/balance", headers=headers)
    assert answer.headers["stripe-version"] == "2026-10-28.endive"
    assert sandbox.ask("GET", "/v1/balance").headers["stripe-version"] == "2026-10-28.endive"
    for other in ("2026-09-30.endive", "2026-05-27.dahlia", "2019"):
        refused = sandbox.ask("GET", "/v1/balance", headers={"Stripe-Version": other})
        assert (refused.status, other in refused.error["message"]) == (400, True)


def test_each_answer_has_its_own_request_id(sandbox: Sandbox) -> None:
    ids = {sandbox.ask("GET", "/v1/balance").headers["request-id"] for _ in range(3)}
    assert len(ids) == 3
    assert all(one.startswith("req_") for one in ids)


def test_an_unknown_address_is_stripes_404(sandbox: Sandbox) -> None:
    answer = sandbox.ask("GET", "/v1/haircuts")
    assert answer.status == 404
    assert answer.error["message"].startswith("Unrecognized request URL (GET: /v1/haircuts).")


@pytest.mark.parametrize(
    ("given", "code", "param"),
    [
        ({"currency": "usd"}, "parameter_missing", "amount"),
        ({"amount": "5000"}, "parameter_missing", "currency"),
        ({"amount": "ten", "currency": "usd"}, "parameter_invalid_integer", "amount"),
        ({"amount": "0", "currency": "usd"}, "parameter_invalid_integer", "amount"),
        ({"amount": "", "currency": "usd"}, "parameter_invalid_empty", "amount"),
        ({"amount": "5000", "currency": "xxx"}, None, "currency"),
        ({"amount": "5000", "currency": "usd", "colour": "red"}, "parameter_unknown", "colour"),
        (
            {"amount": "5000", "currency": "usd", "capture_method": "never"},
            None,
            "capture_method",
        ),
        ({"amount": "5000", "currency": "usd", "confirm": "yes"}, None, "confirm"),
        ({"amount": "5000", "currency": "usd", "metadata": "x"}, None, "metadata"),
        (
            {"amount": "5000", "currency": "usd", "shipping[name]": "A"},
            "parameter_missing",
            "shipping[address]",
        ),
        (
            {"amount": "5000", "currency": "usd", "shipping[name]": "A", "shipping[age]": "3"},
            "parameter_unknown",
            "shipping[age]",
        ),
        ({"amount": "5000", "currency": "usd", "expand": "customer"}, None, "expand"),
    ],
)
def test_a_wrong_parameter_is_named(
    shared: Sandbox, given: dict[str, str], code: str | None, param: str
) -> None:
    answer = shared.ask("POST", "/v1/payment_intents", given)
    assert (answer.status, answer.error.get("code"), answer.error["param"]) == (400, code, param)
    assert answer.error["type"] == "invalid_request_error"
    if code:
        assert answer.error["doc_url"].endswith(code.replace("_", "-"))
    assert shared.rows("payment_intent") == []


def test_a_missing_object_is_404_in_the_path_and_400_as_a_parameter(sandbox: Sandbox) -> None:
    in_path = sandbox.ask("GET", "/v1/customers/cus_no")
    given = {"amount": "5000", "currency": "usd", "customer": "cus_no"}
    as_parameter = sandbox.ask("POST", "/v1/payment_intents", given)
    assert (in_path.status, as_parameter.status) == (404, 400)
    assert in_path.error["message"] == "No such customer: 'cus_no'"
    assert (in_path.error["code"], as_parameter.error["code"]) == ("resource_missing",) * 2


def test_ids_become_objects_where_asked(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    customer = client.v1.customers.create({})
    pay(client, customer=customer.id)
    sandbox.advance(10)
    found = client.v1.payment_intents.list(
        {"expand": ["data.latest_charge.balance_transaction", "data.customer"]}
    ).data[0]
    assert isinstance(found.customer, stripe.Customer)
    assert isinstance(found.latest_charge, stripe.Charge)
    assert isinstance(found.latest_charge.balance_transaction, stripe.BalanceTransaction)


def test_what_cannot_be_expanded_is_refused(client: stripe.StripeClient) -> None:
    made = pay(client)
    for path in ("amount", "latest_charge.colour", "a.b.c.d.e"):
        params: Any = {"expand": [path]}
        with pytest.raises(stripe.InvalidRequestError):
            client.v1.payment_intents.retrieve(made.id, params)


def test_pages_turn_both_ways(client: stripe.StripeClient) -> None:
    made = [client.v1.customers.create({"name": str(n)}).id for n in range(5)][::-1]
    first = client.v1.customers.list({"limit": 2})
    assert ([one.id for one in first.data], first.has_more) == (made[:2], True)
    second = client.v1.customers.list({"limit": 3, "starting_after": made[1]})
    assert ([one.id for one in second.data], second.has_more) == (made[2:], False)
    back = client.v1.customers.list({"limit": 2, "ending_before": made[3]})
    assert ([one.id for one in back.data], back.has_more) == (made[1:3], True)
    assert [one.id for one in client.v1.customers.list({"limit": 2}).auto_paging_iter()] == made


def test_a_cursor_must_be_of_the_list(client: stripe.StripeClient) -> None:
    made = intent(client)
    with pytest.raises(stripe.InvalidRequestError, match="No such"):
        client.v1.customers.list({"starting_after": made.id})
    with pytest.raises(stripe.InvalidRequestError, match="both"):
        client.v1.payment_intents.list({"starting_after": made.id, "ending_before": made.id})
    with pytest.raises(stripe.InvalidRequestError, match="less than or equal to 100"):
        client.v1.customers.list({"limit": 101})


def test_lists_are_narrowed(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    first = client.v1.customers.create({"email": "a@example.com"})
    sandbox.advance(100)
    second = client.v1.customers.create({"email": "b@example.com"})

    def found(**given: Any) -> list[str]:
        params: Any = given
        return [one.id for one in client.v1.customers.list(params).data]

    assert found(email="a@example.com") == [first.id]
    assert found(created={"gt": first.created}) == [second.id]
    assert found(created={"lte": first.created}) == [first.id]
    assert found(created=first.created) == [first.id]
    assert found(created={"gte": first.created, "lt": second.created}) == [first.id]


def test_metadata_is_merged_unset_and_bounded(client: stripe.StripeClient) -> None:
    made = client.v1.customers.create({"metadata": {"a": "1", "b": "2"}})
    changed = client.v1.customers.update(made.id, {"metadata": {"a": "", "c": "3"}})
    assert changed.metadata is not None
    assert changed.metadata.to_dict() == {"b": "2", "c": "3"}
    cleared = client.v1.customers.update(made.id, {"metadata": ""})
    assert cleared.metadata is not None
    assert cleared.metadata.to_dict() == {}
    client.v1.customers.create({"metadata": {"k" * 40: "v" * 500}})
    for wrong in ({"k" * 41: "v"}, {"k": "v" * 501}, {f"k{n}": "v" for n in range(51)}):
        with pytest.raises(stripe.InvalidRequestError):
            client.v1.customers.update(made.id, {"metadata": wrong})


def test_fifty_keys_are_counted_after_merging(client: stripe.StripeClient) -> None:
    made = client.v1.customers.create({"metadata": {f"k{n}": "v" for n in range(50)}})
    with pytest.raises(stripe.InvalidRequestError, match="50"):
        client.v1.customers.update(made.id, {"metadata": {"one_more": "v"}})
    client.v1.customers.update(made.id, {"metadata": {"k0": "", "one_more": "v"}})


def test_an_empty_value_unsets_what_can_be_unset(client: stripe.StripeClient) -> None:
    made = client.v1.customers.create({"name": "Ada", "address": {"city": "Austin"}})
    bare = client.v1.customers.update(made.id, {"name": "", "address": ""})
    assert (bare.name, bare.address) == (None, None)


def test_other_content_types_and_broken_bodies_are_refused(sandbox: Sandbox) -> None:
    headers = {"Content-Type": "application/json"}
    assert sandbox.ask("POST", "/v1/customers", {"a": "b"}, headers=headers).status == 400
    assert sandbox.ask("POST", "/v1/customers", {"a[b": "c"}).status == 400
    assert sandbox.ask("POST", "/v1/customers", {"name": "x", "name[y]": "z"}).status == 400
    deep = "a" + "[b]" * 20
    assert sandbox.ask("POST", "/v1/customers", {deep: "c"}).status == 400


def test_a_deleted_customer_leaves_a_tombstone(client: stripe.StripeClient) -> None:
    made = client.v1.customers.create({"payment_method": "pm_card_visa"})
    client.v1.customers.delete(made.id)
    gone = client.v1.customers.retrieve(made.id)
    assert gone.to_dict() == {"id": made.id, "object": "customer", "deleted": True}
    assert client.v1.customers.list().data == []
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.customers.update(made.id, {"name": "Ada"})
    with pytest.raises(stripe.InvalidRequestError):
        intent(client, customer=made.id)


async def test_the_asynchronous_sdk_works_the_same(sandbox: Sandbox) -> None:
    http = stripe.AIOHTTPClient()
    client = stripe.StripeClient(
        "sk_test_51SandboxSecret",
        base_addresses={"api": sandbox.origin},
        http_client=http,
        max_network_retries=0,
    )
    try:
        params: Any = {
            "amount": 5000,
            "currency": "usd",
            "confirm": True,
            "payment_method": "pm_card_visa",
            "allowed_payment_method_types": ["card"],
        }
        paid = await client.v1.payment_intents.create_async(params)
        found = await client.v1.payment_intents.retrieve_async(
            paid.id, {"expand": ["latest_charge"]}
        )
        assert isinstance(found.latest_charge, stripe.Charge)
        params["payment_method"] = "pm_card_chargeDeclined"
        with pytest.raises(stripe.CardError):
            await client.v1.payment_intents.create_async(params)
    finally:
        await http.close_async()  # type: ignore[no-untyped-call]  # the SDK left it bare


def test_what_stripe_no_longer_takes_is_refused_unless_asked_to_be_lenient(
    sandbox: Sandbox,
) -> None:
    given = {"amount": "5000", "currency": "usd", "payment_method_types[0]": "card"}
    answer = sandbox.ask("POST", "/v1/payment_intents", given)
    assert answer.error["code"] == "payment_method_types_no_longer_supported"
    sandbox.control("settings", {"strict": False})
    assert sandbox.ask("POST", "/v1/payment_intents", given).status == 200


def test_redirects_need_somewhere_to_come_back_to(sandbox: Sandbox) -> None:
    given = {"amount": "5000", "currency": "usd", "confirm": "true"}
    given |= {"payment_method": "pm_card_visa"}
    path = "/v1/payment_intents"
    assert "return_url" in sandbox.ask("POST", path, given).error["message"]
    for more in (
        {"return_url": "https://example.com"},
        {"allowed_payment_method_types[0]": "card"},
        {
            "automatic_payment_methods[enabled]": "true",
            "automatic_payment_methods[allow_redirects]": "never",
        },
    ):
        assert sandbox.ask("POST", path, {**given, **more}).status == 200


def test_a_method_that_does_not_exist_cannot_be_attached(
    client: stripe.StripeClient, sandbox: Sandbox
) -> None:
    """As recorded of Stripe: 404, though the parameter is named for the body."""
    customer = client.v1.customers.create({}).id
    answer = sandbox.ask("POST", "/v1/payment_methods/invalid/attach", {"customer": customer})
    assert (answer.status, answer.error["code"]) == (404, "resource_missing")
    assert answer.error["param"] == "payment_method"
    assert answer.error["message"].startswith("No such PaymentMethod: 'invalid'")


@pytest.mark.parametrize("kind", ["payment_intents", "customers", "charges"])
def test_searches_are_refused_aloud(sandbox: Sandbox, kind: str) -> None:
    answer = sandbox.ask("GET", f"/v1/{kind}/search", {"query": "status:'succeeded'"})
    assert (answer.status, answer.error["code"]) == (400, "sandbox_unsupported_route")


@pytest.mark.parametrize(
    ("card", "code", "param"),
    [
        ({"token": "tok_visa", "exp_month": "12"}, "parameter_unknown", "card[exp_month]"),
        ({"number": "4242424242424242"}, "parameter_missing", "card[exp_month]"),
        ({"exp_month": "12", "exp_year": "2040"}, "parameter_missing", "card[number]"),
    ],
)
def test_a_card_is_a_whole_card_or_a_token(
    sandbox: Sandbox, card: dict[str, str], code: str, param: str
) -> None:
    given = {"type": "card"} | {f"card[{name}]": value for name, value in card.items()}
    answer = sandbox.ask("POST", "/v1/payment_methods", given)
    assert (answer.status, answer.error["code"], answer.error["param"]) == (400, code, param)
