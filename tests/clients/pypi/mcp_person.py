"""A person whom an SDK's own OAuth client sends to the identity provider.

The SDK discovers, registers and redeems; here is only what a browser and its person do, and what the SDKs want kept.
"""

import urllib.parse
import urllib.request
from http.client import HTTPMessage
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import IO

from mcp.shared.auth import OAuthClientInformationFull, OAuthClientMetadata, OAuthToken

REDIRECT_URI = "http://127.0.0.1/callback"
PUBLIC_CLIENT = {"redirect_uris": [REDIRECT_URI], "token_endpoint_auth_method": "none"}


class ArrivedAtClient(Exception):
    """The browser is sent back to the client, where nothing listens."""


class Redirects(urllib.request.HTTPRedirectHandler):
    """Follows the provider's redirects, and stops at the client's."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> urllib.request.Request | None:
        if newurl.startswith(REDIRECT_URI):
            raise ArrivedAtClient(newurl)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


class Person:
    """Signs in, and remembers what the SDK stores. With `client_id` the provider knows the client already."""

    def __init__(self, name: str, password: str, client_id: str | None = None) -> None:
        self.login = {"login": name, "password": password}
        self.authorizations: list[dict[str, str]] = []
        self.callback: dict[str, str] = {}
        self.tokens: OAuthToken | None = None
        self.client: OAuthClientInformationFull | None = None
        if client_id:
            self.client = OAuthClientInformationFull(client_id=client_id, **PUBLIC_CLIENT)

    @property
    def metadata(self) -> OAuthClientMetadata:
        """What a client registers."""
        return OAuthClientMetadata(client_name="gateway tests", **PUBLIC_CLIENT)

    async def get_tokens(self) -> OAuthToken | None:
        return self.tokens

    async def set_tokens(self, tokens: OAuthToken) -> None:
        self.tokens = tokens

    async def get_client_info(self) -> OAuthClientInformationFull | None:
        return self.client

    async def set_client_info(self, client_info: OAuthClientInformationFull) -> None:
        self.client = client_info

    async def sign_in(self, url: str) -> None:
        """Opens the provider's page, and fills in its form."""
        self.authorizations.append(dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(url).query)))
        policy = DefaultCookiePolicy(strict_ns_domain=DefaultCookiePolicy.DomainLiberal)
        cookies = urllib.request.HTTPCookieProcessor(CookieJar(policy))
        browser = urllib.request.build_opener(urllib.request.ProxyHandler({}), cookies, Redirects())
        try:
            with browser.open(url) as page:
                form = page.url
            browser.open(form, urllib.parse.urlencode(self.login).encode()).close()
        except ArrivedAtClient as arrived:
            self.callback = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(str(arrived)).query))
            return
        raise RuntimeError(f"the provider does not sign {self.login['login']} in")
