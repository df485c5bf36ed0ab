"""Verifies what the example `signed_request` prints, with PyJWT and hashlib: stdin to exit code."""

import hashlib
import hmac
import json
import sys

import jwt
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

document = json.load(sys.stdin)
now = document["now"]
keys = {
    "es256": ("ES256", load_pem_public_key(document["es256"]["public"].encode())),
    "ed25519": ("EdDSA", load_pem_private_key(document["ed25519"]["private"].encode(), None).public_key()),
}
checked = 0
for kind, (algorithm, public) in keys.items():
    for place, life in (("rest", 10), ("ws", 120)):
        token = document[kind][place]
        token = token["jwt"] if place == "rest" else token
        # The token's time is the example's, not today's: times are compared below.
        claims = jwt.decode(token, public, algorithms=[algorithm],
                            options={"verify_exp": False, "verify_nbf": False})
        header = jwt.get_unverified_header(token)
        assert claims["iss"] == "cdp" and claims["sub"] == header["kid"] == "a-key", claims
        assert claims["nbf"] == now and claims["exp"] == now + life, claims
        assert claims.get("uri") == (document["uri"] if place == "rest" else None), claims
        assert len(header["nonce"]) == 64 and header["typ"] == "JWT", header
        head, payload, signature = token.split(".")
        turned = ("B" if signature[0] == "A" else "A") + signature[1:]
        try:
            jwt.decode(f"{head}.{payload}.{turned}", public, algorithms=[algorithm],
                       options={"verify_exp": False, "verify_nbf": False})
        except jwt.InvalidSignatureError:
            checked += 1
        else:
            raise SystemExit(f"{kind} {place}: a changed signature passes")

signed = document["hmac"]
message = f'{signed["rest"]["timestamp"]}{signed["message"]}'.encode()
expected = hmac.new(signed["secret"].encode(), message, hashlib.sha256).hexdigest()
assert signed["rest"]["signature"] == expected, "the legacy signature differs from hashlib's"
assert document["closes"] == ["65000", "64990.25"], document["closes"]
print(f"{checked} tokens verified by PyJWT {jwt.__version__}, one HMAC by hashlib")
