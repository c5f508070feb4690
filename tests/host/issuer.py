"""An identity provider that only exists as a key: tokens that it signs, and settings that take them."""

import base64
import json
import time

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # trustme brings it.

ISSUER = "https://idp.example"
_KEY = Ed25519PrivateKey.generate()


def token(subject: str, **claims: object) -> str:
    """An access token for `subject` that is valid for an hour."""
    claims = {"iss": ISSUER, "aud": "app", "sub": subject, "exp": int(time.time()) + 3600} | claims
    parts = (json.dumps(part).encode() for part in ({"alg": "EdDSA", "typ": "at+jwt"}, claims))
    signed = ".".join(map(_base64url, parts))
    return f"{signed}.{_base64url(_KEY.sign(signed.encode()))}"


def settings(dify_api_url: str, **others: str) -> dict[str, str]:
    """The settings of an endpoint that takes the tokens and asks no provider."""
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": _base64url(_KEY.public_key().public_bytes_raw())}
    required = {"issuer": ISSUER, "client_id": "app", "dify_api_url": dify_api_url, "app_key": "app-1"}
    return required | {"jwks": json.dumps({"keys": [jwk]})} | others


def _base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
