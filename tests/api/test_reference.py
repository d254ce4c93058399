"""The API is explained to people and to programs alike, and does what is said of it."""

import html
import json
import re
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

from bookedbarber.access.roles import Role
from tests.world import Shop, World

DOCS = Path(__file__).resolve().parents[2] / "docs"
DESK, SHOPS = DOCS / "desk.md", DOCS / "shops.md"
PUBLIC_BY_INTENT = {"storefront", "own booking"}
Schema = Mapping[str, Any]


async def described(world: World) -> dict[str, Any]:
    """The document that programs read."""
    found: dict[str, Any] = (await world.http.get("/api/v2/openapi.json")).json()
    return found


def operations(document: Schema) -> Iterator[tuple[str, Schema]]:
    for path, methods in document["paths"].items():
        for method, about in methods.items():
            yield f"{method.upper()} {path}", about


def fields(document: Schema) -> Iterator[tuple[str, Schema]]:
    """Every field of every shape, and of every shape within it."""
    for name, shape in document["components"]["schemas"].items():
        yield from _fields(name, shape)


def _fields(name: str, shape: Schema) -> Iterator[tuple[str, Schema]]:
    for field, about in shape.get("properties", {}).items():
        yield f"{name}.{field}", about
        yield from _fields(f"{name}.{field}", about)


def said(document: Schema, field: Schema) -> str:
    """What is said of a field, beside it or by the shape that it holds."""
    if "description" in field:
        return str(field["description"])
    if "$ref" in field:
        shape = document["components"]["schemas"][field["$ref"].rpartition("/")[2]]
        return str(shape.get("description", ""))
    return " ".join(said(document, one) for one in field.get("anyOf", ()))


@pytest.mark.proves("R3.1")
async def test_every_operation_says_what_it_promises_to_whom_and_where_it_belongs(
    world: World,
) -> None:
    document = await described(world)
    tags = {tag["name"]: tag["description"] for tag in document["tags"]}
    names, titles, used = [], [], set()
    for route, about in operations(document):
        [tag] = about["tags"]
        used.add(tag)
        names.append(about["operationId"])
        titles.append(about["summary"])
        assert tags[tag].endswith("."), route
        assert about["summary"][0].isupper(), route
        by_default = about["operationId"].replace("_", " ").title()
        assert about["summary"] != by_default, route
        assert about["description"].rstrip().endswith("."), route
        assert (about.get("security") == [{"shop_key": []}]) is (tag not in PUBLIC_BY_INTENT), route
    assert used == set(tags), "a part of the reference without operations"
    assert len(set(names)) == len(names) > 60
    assert len(set(titles)) == len(titles)
    scheme = document["components"]["securitySchemes"]["shop_key"]
    assert (scheme["type"], scheme["scheme"]) == ("http", "bearer")
    assert "Authorization: Bearer bbk_" in scheme["description"]


@pytest.mark.proves("R3.1")
async def test_every_parameter_and_field_says_what_it_carries(world: World) -> None:
    document = await described(world)
    silent = [name for name, about in fields(document) if not said(document, about)]
    for route, about in operations(document):
        silent += [
            f"{route} {parameter['name']}"
            for parameter in about.get("parameters", ())
            if not parameter.get("description")
        ]
    assert silent == []


@pytest.mark.proves("R3.1")
async def test_amounts_rates_and_times_name_their_unit(world: World) -> None:
    document = await described(world)
    checked = set()
    for name, about in fields(document):
        last, text = name.rpartition(".")[2], said(document, about)
        kinds = {about.get("format"), *(one.get("format") for one in about.get("anyOf", ()))}
        if last == "amount" and about.get("type") == "integer":
            assert "minor units" in text, name
            checked.add("amount")
        if "basis_points" in last:
            assert "asis points" in text, name
            checked.add("rate")
        if last.endswith("minutes"):
            assert "minute" in text.lower(), name
            checked.add("minutes")
        if "date-time" in kinds:
            assert "UTC" in text or "`Z`" in text, name
            checked.add("instant")
    assert checked == {"amount", "rate", "minutes", "instant"}


@pytest.mark.proves("R3.1")
async def test_every_instant_in_an_answer_is_in_utc(world: World) -> None:
    shop = await world.open_shop(time_zone="America/New_York")
    booking = await world.paid_booking(shop)
    service = shop.service("Skin fade")["id"]
    for path in (
        "overview",
        f"shops/{shop.slug}/availability?service={service}",
        f"bookings/{booking['id']}/move/times?day=2035-03-06",
        f"bookings?day={booking['starts_at'][:10]}",
        "payments",
        f"bookings/{booking['id']}/receipt",
        f"bookings/{booking['id']}/cancellation",
        f"payments/{booking['payments'][0]['id']}/timeline",
    ):
        answer = await world.http.get(f"/api/v2/{path}", headers=shop.headers)
        answer.raise_for_status()
        instants = re.findall(r'"(\d{4}-\d\d-\d\dT[^"]+)"', answer.text)
        assert instants, path
        assert [one for one in instants if not re.search(r"(Z|\+00:00)$", one)] == [], path


@pytest.mark.proves("R3.1")
async def test_each_documented_refusal_leads_to_the_catalogue(world: World) -> None:
    document = await described(world)
    catalogue = (await world.http.get("/docs/errors")).text
    examples = document["components"]["examples"]
    for route, about in operations(document):
        for status, answer in about["responses"].items():
            if status.startswith("2"):
                continue
            [(kind, content)] = answer["content"].items()
            assert kind == "application/problem+json", route
            for code, example in content["examples"].items():
                assert example == {"$ref": f"#/components/examples/{code}"}
                shown = examples[code]["value"]
                assert shown["code"] == code
                assert f'id="{code}"' in catalogue, code
                assert str(shown["status"]) == status or status in ("4XX", "5XX"), (route, code)


@pytest.mark.proves("R3.1")
async def test_a_request_that_must_be_named_says_so(world: World) -> None:
    document = await described(world)
    required = {
        route: parameter["required"]
        for route, about in operations(document)
        for parameter in about.get("parameters", ())
        if parameter["name"] == "Idempotency-Key"
    }
    assert required["POST /api/v2/payments/{payment}/refunds"] is True
    assert required["POST /api/v2/walk-ins"] is True
    assert required["POST /api/v2/shops/{slug}/bookings"] is False


async def test_the_page_shows_every_operation_with_its_fields_and_refusals(world: World) -> None:
    document = await described(world)
    page = await world.http.get("/api/v2")
    assert page.status_code == 200
    text = html.unescape(page.text)
    shown = re.findall(r'<article class="operation" id="([^"]+)"', text)
    assert sorted(shown) == sorted(
        about["operationId"].replace("_", "-") for _, about in operations(document)
    )
    articles = dict(zip(shown, text.split('<article class="operation"')[1:], strict=True))
    for route, about in operations(document):
        article = articles[about["operationId"].replace("_", "-")]
        method, path = route.split()
        assert f">{method}</span> <code>{path}</code>" in article, route
        assert about["summary"] in article, route
        for parameter in about.get("parameters", ()):
            assert f"<code>{parameter['name']}</code>" in article, route
        for status, answer in about["responses"].items():
            for code in (
                answer.get("content", {}).get("application/problem+json", {}).get("examples", ())
            ):
                where = article if status.isdigit() else text
                assert f'href="/docs/errors#{code}"' in where, (route, code)


async def test_the_page_is_linked_from_where_people_look_for_it(world: World) -> None:
    shop = await world.open_shop()
    owner = await world.employ(shop, Role.OWNER)
    assert 'href="/api/v2"' in (await world.http.get("/")).text
    async with world.at_desk(owner) as desk:
        keys = await desk.get(f"/desk/{shop.slug}/settings/keys")
    assert 'href="/api/v2"' in keys.text
    page = (await world.http.get("/api/v2")).text
    assert 'href="/api/v2/openapi.json"' in page
    assert "<script" not in page


@pytest.mark.proves("R3.1")
async def test_every_example_on_the_page_is_a_request_that_is_understood(world: World) -> None:
    """Sent as it stands, but for the key and the time; what it names is not there, and that is all
    that may be wrong with it."""
    shop = await world.open_shop()
    await world.open_shop("fade-street")
    page = html.unescape((await world.http.get("/api/v2")).text)
    commands = re.findall(r'<pre class="curl"><code>(.*?)</code></pre>', page, re.DOTALL)
    assert len(commands) > 60
    for command in commands:
        answer = await _send(world, shop, command)
        if answer.is_success:
            continue
        problem = answer.json()
        assert answer.status_code in (404, 409, 410, 422), (command, problem)
        assert problem["code"] != "request_invalid", (command, problem)
        assert "invalid" not in problem["code"] or problem["code"] in (
            "link_invalid",
            "settings_invalid",
        ), (command, problem)
        if problem["code"] == "settings_invalid":
            assert {one["reason"] for one in problem["errors"]} <= {"taken", "not_a_choice"}, (
                problem
            )


async def _send(world: World, shop: Shop, command: str) -> httpx.Response:
    words = shlex.split(command.replace("\\\n", " ").replace("bbk_YOUR_KEY", shop.key))
    assert words.pop(0) == "curl"
    method, body, headers, address = "GET", b"", {}, ""
    while words:
        word = words.pop(0)
        if word == "-X":
            method = words.pop(0)
        elif word == "-H":
            name, _, value = words.pop(0).partition(": ")
            headers[name] = value
        elif word == "-d":
            body = words.pop(0).encode()
            assert json.loads(body)
        elif word == "--data-binary":
            assert words.pop(0) == "@logo.png"
            return httpx.Response(204)
        else:
            address = word
    assert address.startswith(f"{world.site_url}/api/v2/")
    return await world.http.request(method, address, headers=headers, content=body)


async def test_the_desk_page_names_the_operation_of_every_verb(world: World) -> None:
    """And no other: an operation for the desk is some verb of it. Settings have a table of theirs
    in docs/shops.md."""
    table = DESK.read_text().partition("## By the API")[2].partition("\n## ")[0]
    named = re.findall(r"`((?:GET|POST|PUT|DELETE) /[^`]+)`", table)
    there = {
        route.replace("/api/v2", "")
        for route, about in operations(await described(world))
        if about.get("security") and about["tags"] != ["settings"]
    }
    assert set(named) == there


async def test_the_shops_page_names_the_operation_of_every_setting(world: World) -> None:
    table = SHOPS.read_text().partition("| part |")[2].partition("\n\n")[0]
    named = {
        f"{method} /settings{path}"
        for methods, path in re.findall(r"`((?:(?:GET|POST|PUT|DELETE) )+)(/[^`]+)`", table)
        for method in methods.split()
    }
    assert named == {
        route.replace("/api/v2", "")
        for route, about in operations(await described(world))
        if about["tags"] == ["settings"]
    }


async def test_no_operation_makes_keys_or_people(world: World) -> None:
    document = await described(world)
    words = re.compile(r"\b(keys?|people|person|staff|roles?|passwords?)\b")
    for route, _ in operations(document):
        assert not words.search(re.sub(r"\{\w+\}", "", route)), route
