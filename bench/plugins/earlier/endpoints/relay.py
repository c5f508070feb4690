"""Verifies the token with keys out of the storage, then sends the request on with a client of its own."""

import json
from collections.abc import Mapping

import httpx
import jwt
from dify_plugin import Endpoint
from werkzeug import Request, Response


class Relay(Endpoint):
    def _invoke(self, r: Request, values: Mapping, settings: Mapping) -> Response:
        claims = self._claims(r.headers["Authorization"].removeprefix("Bearer "), settings)
        body = json.loads(r.get_data())
        body["user"] = claims["sub"]
        with httpx.Client() as client:
            answer = client.post(
                settings["dify_api_url"] + r.path,
                json=body,
                headers={"Authorization": f"Bearer {settings['app_key']}"},
            )
        return Response(answer.content, answer.status_code, content_type=answer.headers["Content-Type"])

    def _claims(self, token: str, settings: Mapping) -> dict:
        key = jwt.PyJWKSet.from_dict(self._jwks(settings["issuer"]))[jwt.get_unverified_header(token)["kid"]]
        return jwt.decode(token, key, algorithms=["RS256"], audience=settings["client_id"], issuer=settings["issuer"])

    def _jwks(self, issuer: str) -> dict:
        storage = self.session.storage
        if storage.exist("jwks"):
            return json.loads(storage.get("jwks"))
        with httpx.Client() as client:
            configuration = client.get(f"{issuer}/.well-known/openid-configuration").json()
            content = client.get(configuration["jwks_uri"]).content
        storage.set("jwks", content)
        return json.loads(content)
