"""ccxt's `coinbase`, unmodified, trades on the served venue over plain HTTP and WebSocket.

ccxt lets one set its addresses in `urls`; nothing else is touched.
"""

import asyncio
import time

import ccxt
import ccxt.pro

from served import Venue, check, tell

SYMBOL = "BTC/USD"


def exchange(kind, venue, at):
    key, secret = venue.key(at)
    made = kind({"apiKey": key, "secret": secret, "enableRateLimit": True})
    made.urls["api"]["rest"] = venue.place["http"]
    made.urls["api"]["ws"] = venue.place["ws"]
    return made


def near(a, b):
    return abs(a - b) < 1e-6 * max(1, abs(b))


def rest(x):
    """The whole of what ccxt does with REST."""
    markets = x.load_markets()
    check(SYMBOL in markets, f"{SYMBOL} is not among {len(markets)} markets")
    check(abs(x.fetch_time() - time.time() * 1000) < 60_000, "the venue's time is another")
    ticker = x.fetch_ticker(SYMBOL)
    check(ticker["bid"] < ticker["ask"], f"ticker {ticker['bid']} {ticker['ask']}")
    x.fetch_tickers([SYMBOL])
    book = x.fetch_order_book(SYMBOL, 5)
    check(0 < len(book["bids"]) <= 5, f"{len(book['bids'])} bids")
    check(book["bids"][0][0] < book["asks"][0][0], "the book is crossed")
    check(x.fetch_trades(SYMBOL, limit=3), "no trades")
    hours = x.fetch_ohlcv(SYMBOL, "1h", since=x.milliseconds() - 6 * 3_600_000, limit=5)
    check(hours and hours == sorted(hours), f"candles {hours}")
    balance = x.fetch_balance()
    check(near(balance["USD"]["total"], 10_000), f"10,000 dollars became {balance['USD']}")
    check(near(x.fetch_balance({"v3": True})["USD"]["free"], 10_000), "v3 says otherwise")
    check(x.fetch_trading_fees()[SYMBOL]["taker"] == 0.012, "taker fee")
    x.fetch_bids_asks([SYMBOL])
    x.fetch_portfolios()

    low = float(x.price_to_precision(SYMBOL, book["bids"][0][0] * 0.8))
    resting = x.create_order(SYMBOL, "limit", "buy", 0.002, low, {"postOnly": True})
    market = x.create_market_buy_order_with_cost(SYMBOL, 100)
    sold = x.create_order(SYMBOL, "market", "sell", 0.001)
    seen = x.fetch_order(resting["id"])
    check(seen["status"] == "open" and near(seen["price"], low), f"resting order {seen['status']}")
    check(x.fetch_order(market["id"])["status"] == "closed", "the market buy is not closed")
    closed = x.fetch_order(sold["id"])
    check(near(closed["filled"], 0.001), f"sold {closed['filled']}")
    check([o["id"] for o in x.fetch_open_orders(SYMBOL)] == [resting["id"]], "open orders")
    x.edit_order(resting["id"], SYMBOL, "limit", "buy", 0.003, low)
    check(near(x.fetch_order(resting["id"])["amount"], 0.003), "the edit is not there")
    check(x.cancel_order(resting["id"])["id"] == resting["id"], "cancel")
    check(x.fetch_order(resting["id"])["status"] == "canceled", "the order is not cancelled")
    fills = x.fetch_my_trades(SYMBOL, limit=20)
    check({f["order"] for f in fills} == {market["id"], sold["id"]}, "fills of other orders")
    refused(x, ccxt.InsufficientFunds, lambda: x.create_order(SYMBOL, "limit", "buy", 100, low))
    refused(x, ccxt.ExchangeError, lambda: x.fetch_order("no-such-order"))
    return 3 + len(fills)


def refused(x, kind, call):
    try:
        call()
    except kind:
        return
    except ccxt.BaseError as other:
        check(False, f"{type(other).__name__} instead of {kind.__name__}: {other}")
    check(False, f"no {kind.__name__}: {x.last_http_response}")


async def streams(venue):
    """The market's channels, and an order's life on the user channel."""
    x = exchange(ccxt.pro.coinbase, venue, 0)
    try:
        await x.load_markets()
        ticker = await x.watch_ticker(SYMBOL)
        check(ticker["bid"] < ticker["ask"], "streamed ticker")
        book = await x.watch_order_book(SYMBOL)
        check(book["bids"][0][0] < book["asks"][0][0], "the streamed book is crossed")
        check(await x.watch_trades(SYMBOL), "no streamed trades")
        seen = {}

        async def follow():
            while not any(status == "canceled" for status in seen.values()):
                for order in await x.watch_orders(SYMBOL):
                    seen[order["id"]] = order["status"]

        following = asyncio.create_task(follow())
        await asyncio.sleep(2)
        low = float(x.price_to_precision(SYMBOL, book["bids"][0][0] * 0.8))
        order = await x.create_order(SYMBOL, "limit", "buy", 0.002, low)
        await asyncio.sleep(1)
        await x.cancel_order(order["id"])
        await asyncio.wait_for(following, 60)
        check(seen.get(order["id"]) == "canceled", f"the user channel told {seen}")
    finally:
        await x.close()


def story():
    with Venue() as venue:
        told = rest(exchange(ccxt.coinbase, venue, 0))
        other = exchange(ccxt.coinbase, venue, 1)
        check(other.fetch_balance({"v3": True})["USD"]["total"] > 0, "the Ed25519 key sees nothing")
        wrong = exchange(ccxt.coinbase, venue, 0)
        wrong.secret = venue.key(2)[1]
        refused(wrong, ccxt.AuthenticationError, lambda: wrong.fetch_balance({"v3": True}))
        asyncio.run(streams(venue))
        return f"{told} orders and fills, and an order's life streamed"


tell(story)
