"""requests."""

import requests

from checks import end
from web import web


def told(response):
    return response.status_code, response.json()


web(
    lambda url: told(requests.get(url, timeout=10)),
    lambda url, json: told(requests.post(url, json=json, timeout=10)),
    requests.exceptions.ProxyError,
)
end()
