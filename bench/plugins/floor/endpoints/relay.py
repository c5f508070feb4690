"""Sends the request on with the app key and hands the response back."""

from collections.abc import Generator, Mapping

import urllib3
from dify_plugin import Endpoint
from werkzeug import Request, Response

_pool = urllib3.PoolManager(maxsize=1024)


class Relay(Endpoint):
    def _invoke(self, r: Request, values: Mapping, settings: Mapping) -> Response:
        answer = _pool.request(
            r.method,
            settings["dify_api_url"] + r.path,
            body=r.get_data(),
            headers={"Authorization": f"Bearer {settings['app_key']}", "Content-Type": r.headers["Content-Type"]},
            preload_content=False,
        )
        kind = answer.headers["Content-Type"]
        if kind.startswith("text/event-stream"):
            return Response(_streamed(answer), answer.status, content_type=kind)
        body = answer.data
        answer.release_conn()
        return Response(body, answer.status, content_type=kind)


def _streamed(answer: urllib3.BaseHTTPResponse) -> Generator[bytes]:
    try:
        while piece := answer.read1():
            yield piece
    finally:
        answer.release_conn()
