"""Sends the request on with the app key and hands the response back."""

from collections.abc import Generator, Mapping

import urllib3
from dify_plugin import Endpoint
from werkzeug import Request, Response

_LARGE = 1024 * 1024
_PIECE = 512 * 1024

_pool = urllib3.PoolManager(maxsize=1024)


class Relay(Endpoint):
    def _invoke(self, r: Request, values: Mapping, settings: Mapping) -> Response:
        answer = _pool.request(
            r.method,
            settings["dify_api_url"] + r.path,
            body=r.get_data() or None,
            headers={"Authorization": f"Bearer {settings['app_key']}", "Content-Type": r.headers["Content-Type"]},
            preload_content=False,
        )
        kind = answer.headers["Content-Type"]
        if kind.startswith("text/event-stream"):
            return Response(_streamed(answer), answer.status, content_type=kind)
        # The daemon reads no line of more than 5 MiB, and a line has each byte twice.
        if int(answer.headers.get("Content-Length", 0)) > _LARGE:
            return Response(_in_pieces(answer), answer.status, content_type=kind)
        body = answer.data
        answer.release_conn()
        return Response(body, answer.status, content_type=kind)


def _streamed(answer: urllib3.BaseHTTPResponse) -> Generator[bytes]:
    try:
        while piece := answer.read1():
            yield piece
    finally:
        answer.release_conn()


def _in_pieces(answer: urllib3.BaseHTTPResponse) -> Generator[bytes]:
    try:
        yield from answer.stream(_PIECE)
    finally:
        answer.release_conn()
