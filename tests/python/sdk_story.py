"""Coinbase's official SDK, unmodified, trades on the served venue: REST over TLS, WebSocket.

Only the address and the trust are ours: the certificate is named by REQUESTS_CA_BUNDLE.
"""

import json
import logging
import os
import time
from decimal import Decimal

from coinbase.rest import RESTClient
from coinbase.websocket import WSClient, WSUserClient, WebsocketResponse
from requests.exceptions import HTTPError

from served import Venue, check, tell, wait_for

PRODUCT = "BTC-USD"
# Refusals are part of the story; the SDK logs each as an error.
logging.disable(logging.CRITICAL)


def status_of(call):
    """The HTTP status that a call fails with, or None."""
    try:
        call()
    except HTTPError as error:
        return error.response.status_code
    return None


def trade(client, story):
    """Orders of every use, and what REST says of them."""
    product = client.get_product(PRODUCT)
    tick, step = Decimal(product["price_increment"]), Decimal(product["base_increment"])
    book = client.get_best_bid_ask(product_ids=[PRODUCT])["pricebooks"][0]
    bid, ask = (Decimal(book[side][0]["price"]) for side in ("bids", "asks"))
    check(bid < ask, f"bid {bid} is not below ask {ask}")
    low = (bid * Decimal("0.8") // tick) * tick
    size = (Decimal("0.002") // step) * step

    preview = client.preview_limit_order_gtc_buy(PRODUCT, str(size), str(low), post_only=True)
    check(preview["errs"] == [], f"preview refuses: {preview['errs']}")
    check(Decimal(preview["order_total"]) > size * low, "a preview's total has no fee in it")

    made = client.limit_order_gtc_buy("story-rest", PRODUCT, str(size), str(low), post_only=True)
    check(made["success"], f"post-only buy refused: {made.to_dict()}")
    resting = made["success_response"]["order_id"]
    again = client.limit_order_gtc_buy("story-rest", PRODUCT, str(size), str(low), post_only=True)
    check(again["success_response"]["order_id"] == resting, "a repeated id made another order")
    crossing = client.limit_order_gtc_buy("", PRODUCT, str(size), str(ask * 2), post_only=True)
    check(not crossing["success"], "a post-only order that takes was accepted")
    reason = crossing["error_response"]["error"]
    check(reason in ("INVALID_LIMIT_PRICE_POST_ONLY", "LIMIT_PRICE_TOO_FAR_FROM_MARKET"), reason)

    bought = client.market_order_buy("story-buy", PRODUCT, quote_size="100")
    check(bought["success"], f"market buy refused: {bought.to_dict()}")
    sold = client.market_order_sell("story-sell", PRODUCT, base_size=str(size))
    check(sold["success"], f"market sale refused: {sold.to_dict()}")
    poor = client.limit_order_gtc_buy("", PRODUCT, "100", str(bid))
    check(poor["error_response"]["error"] == "INSUFFICIENT_FUND", poor.to_dict())

    orders = [bought["success_response"]["order_id"], sold["success_response"]["order_id"]]
    for order_id in orders:
        wait_for("a market order to fill", lambda o=order_id: client.get_order(o)["order"]["status"] == "FILLED")
    first = client.get_order(orders[0])["order"]
    check(Decimal(first["total_value_after_fees"]) == 100, f"100 became {first.to_dict()}")
    check(first["size_in_quote"], "a quote-sized order does not say so")

    open_ids = [o["order_id"] for o in client.list_orders(order_status=["OPEN"])["orders"]]
    check(open_ids == [resting], f"open orders are {open_ids}")
    edited = client.edit_order(resting, size=str(size), price=str(low + tick))
    check(edited["success"], f"edit refused: {edited.to_dict()}")
    after = client.get_order(resting)["order"]["order_configuration"]["limit_limit_gtc"]
    check(Decimal(after["limit_price"]) == low + tick, f"edited to {after}")

    cancelled = client.cancel_orders([resting, "no-such-order"])["results"]
    check([r["success"] for r in cancelled] == [True, False], f"cancelled {cancelled}")
    wait_for("the cancel", lambda: client.get_order(resting)["order"]["status"] == "CANCELLED")

    fills = client.get_fills(order_ids=orders)["fills"]
    spent = sum(
        Decimal(f["size"]) if f["size_in_quote"] else Decimal(f["size"]) * Decimal(f["price"])
        for f in fills
        if f["order_id"] == orders[0]
    )
    fees = sum(Decimal(f["commission"]) for f in fills if f["order_id"] == orders[0])
    check(abs(spent + fees - 100) < Decimal("0.0001"), f"fills add up to {spent} + {fees}")
    paged = []
    cursor = None
    while True:
        page = client.list_orders(limit=2, cursor=cursor)
        paged += [o["order_id"] for o in page["orders"]]
        cursor = page["cursor"]
        if not page["has_next"]:
            break
    check(sorted(paged) == sorted(set(paged)) and len(paged) == 3, f"pages hold {paged}")
    story.update({resting: "CANCELLED", orders[0]: "FILLED", orders[1]: "FILLED"})


def read(client):
    """Everything that is only read."""
    accounts = client.get_accounts()
    held = {a["currency"]: Decimal(a["available_balance"]["value"]) for a in accounts["accounts"]}
    check(held["USD"] == 10_000, f"10,000 dollars became {held['USD']}")
    one = client.get_account(accounts["accounts"][0]["uuid"])["account"]
    check(one["uuid"] == accounts["accounts"][0]["uuid"], "another account was answered")
    products = client.get_products(get_all_products=True)["products"]
    check(any(p["product_id"] == PRODUCT for p in products), f"{PRODUCT} is not listed")
    now = int(client.get_unix_time()["epoch_seconds"])
    check(abs(now - time.time()) < 60, f"the venue's time is {now}")
    candles = client.get_candles(PRODUCT, str(now - 6 * 3600), str(now), "ONE_HOUR")["candles"]
    starts = [int(c["start"]) for c in candles]
    check(starts == sorted(starts, reverse=True) and starts, f"candles start at {starts}")
    trades = client.get_market_trades(PRODUCT, limit=5)["trades"]
    check(0 < len(trades) <= 5, f"{len(trades)} trades")
    client.get_product_book(PRODUCT, limit=3)
    check(client.get_public_product(PRODUCT)["product_id"] == PRODUCT, "another product")
    check(client.get_transaction_summary()["fee_tier"]["taker_fee_rate"] == "0.012", "fee tier")
    may = client.get_api_key_permissions()
    check(may["can_trade"] and not may["can_transfer"], f"the key may {may.to_dict()}")
    portfolio = client.get_portfolios()["portfolios"][0]["uuid"]
    client.get_portfolio_breakdown(portfolio)
    client.list_payment_methods()
    quote = client.create_convert_quote("USDC", "USD", "25")["trade"]
    done = client.commit_convert_trade(quote["id"], "USDC", "USD")["trade"]
    check(done["status"] == "TRADE_STATUS_COMPLETED", f"the conversion is {done['status']}")
    check(status_of(lambda: client.get_order("no-such-order")) == 404, "a missing order is no 404")
    check(status_of(lambda: client.get_product("NONE-USD")) == 404, "a missing product is no 404")


class Stream:
    """A WebSocket client that keeps what it heard, and checks every number."""

    def __init__(self, kind, key, secret, url):
        self.messages = []
        self.client = kind(api_key=key, api_secret=secret, base_url=url, on_message=self.hear)

    def hear(self, text):
        message = json.loads(text)
        WebsocketResponse(json.loads(text))
        self.messages.append(message)

    def of(self, channel):
        return [m for m in list(self.messages) if m.get("channel") == channel]

    def check_sequence(self):
        numbers = [m["sequence_num"] for m in self.messages if "sequence_num" in m]
        check(numbers == list(range(len(numbers))), f"sequence numbers are {numbers[:20]}...")


def story():
    with Venue() as venue:
        os.environ["REQUESTS_CA_BUNDLE"] = venue.place["certificate"]
        key, secret = venue.key(0)
        host = venue.host("https")
        client = RESTClient(api_key=key, api_secret=secret, base_url=host, rate_limit_headers=True)
        read(client)

        market = Stream(WSClient, key, secret, f"{venue.place['wss']}/")
        user = Stream(WSUserClient, key, secret, f"{venue.place['wss']}/user")
        market.client.open()
        market.client.subscribe([], ["heartbeats"])
        market.client.subscribe([PRODUCT], ["level2", "ticker", "ticker_batch", "market_trades", "candles", "status"])
        user.client.open()
        user.client.subscribe([], ["heartbeats", "user", "futures_balance_summary"])
        wait_for("the user channel", lambda: user.of("user"))
        time.sleep(1)

        expected = {}
        trade(client, expected)
        heard = {}

        def told():
            for message in user.of("user"):
                for event in message["events"]:
                    for order in event["orders"]:
                        heard[order["order_id"]] = order["status"]
            return all(heard.get(order) == status for order, status in expected.items())

        wait_for(f"{expected} on the user channel", told)
        for channel in ("l2_data", "ticker", "ticker_batch", "market_trades", "candles", "status", "heartbeats"):
            wait_for(f"the channel {channel}", lambda c=channel: market.of(c))
        book = market.of("l2_data")[0]["events"][0]
        check(book["type"] == "snapshot" and book["updates"], f"the book begins with {book['type']}")
        wait_for("the balance of futures", lambda: user.of("futures_balance_summary"))
        for stream in (market, user):
            stream.check_sequence()
        market.client.unsubscribe_all()
        # The SDK's own list of what to leave has only channels with products.
        market.client.unsubscribe([], ["heartbeats"])
        last = wait_for("the last acknowledgement", lambda: [m for m in market.of("subscriptions") if m["events"][0]["subscriptions"] == {}])
        check(last, "channels are left after all were left")
        market.client.close()
        user.client.close()

        other = RESTClient(*venue.key(1), base_url=host)
        check(other.get_accounts()["accounts"], "the Ed25519 key sees no account")
        viewer = RESTClient(*venue.key(2), base_url=host)
        refused = status_of(lambda: viewer.market_order_buy("v", PRODUCT, quote_size="10"))
        check(refused == 403, f"a viewing key's order ends in {refused}")
        wrong = RESTClient(key, venue.key(2)[1], base_url=host)
        check(status_of(wrong.get_accounts) == 401, "a wrong signature is no 401")
        return f"{len(expected)} orders, {len(market.messages) + len(user.messages)} messages"


tell(story)
