"""Which certificate authorities are trusted."""

import functools
import os
import ssl

import certifi

from host.http.failure import Failure

_CONTEXTS = 32


@functools.lru_cache(maxsize=_CONTEXTS)
def tls_context(private_ca: str | None) -> ssl.SSLContext:
    """The TLS settings for servers of the default authorities and, if there is one, of a private one (PEM).

    `REQUESTS_CA_BUNDLE` and `SSL_CERT_FILE` replace the default authorities, as they do in other Python clients.
    Raises `Failure` if certificates cannot be read.
    """
    try:
        context = ssl.create_default_context(**_authorities())
        if private_ca:
            context.load_verify_locations(cadata=private_ca)
    except (OSError, ValueError):  # `ssl.SSLError` is an `OSError`.
        raise Failure("tls") from None
    context.set_alpn_protocols(["http/1.1"])
    return context


def _authorities() -> dict[str, str]:
    """Nothing if OpenSSL has a store of its own (it reads `SSL_CERT_FILE` itself), otherwise the one of `certifi`."""
    if bundle := os.environ.get("REQUESTS_CA_BUNDLE"):
        return {"capath" if os.path.isdir(bundle) else "cafile": bundle}
    paths = ssl.get_default_verify_paths()
    has_store = paths.cafile or (paths.capath and any(os.scandir(paths.capath)))
    return {} if has_store else {"cafile": certifi.where()}
