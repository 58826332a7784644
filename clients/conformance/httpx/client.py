"""httpx, by HTTP/1.1 and by HTTP/2."""

import httpx

from checks import check, end, equal
from web import web


def told(response):
    return response.status_code, response.json()


web(lambda url: told(httpx.get(url)), lambda url, json: told(httpx.post(url, json=json)), httpx.ProxyError)


@check("HTTP/2 is spoken")
def _():
    with httpx.Client(http2=True) as client:
        equal(client.get("https://api.weixin.qq.com/cgi-bin/token").http_version, "HTTP/2")


end()
