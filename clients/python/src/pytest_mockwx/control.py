"""The control API over HTTP: one call is one method, and a refusal is an exception in the API's own words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx

from pytest_mockwx.errors import ControlError, UnreachableError

if TYPE_CHECKING:
    from collections.abc import Mapping

# pytest shows the line of the test, not ours.
__tracebackhide__ = True

_REQUEST_ID = "x-mock-request-id"
# A lab answers within milliseconds; one that stays silent for so long hangs.
_PATIENCE = 30.0


class Control:
    """The control API at a base URL: of a lab, or of one of its worlds."""

    def __init__(self, url: str, *, admin_token: str | None = None, http: httpx.Client | None = None) -> None:
        self.url = url.rstrip("/")
        self._token = admin_token
        # A proxy that the environment names is for the application under test, not for talking to the lab.
        self._http = http or httpx.Client(trust_env=False, timeout=_PATIENCE)

    def at(self, url: str) -> Control:
        """Gives the same lab's control API under another base URL."""
        return Control(url, admin_token=self._token, http=self._http)

    def close(self) -> None:
        """Ends the connections."""
        self._http.close()

    def get(self, path: str, query: Mapping[str, Any] | None = None) -> Any:
        return self._said("GET", path, query=query)

    def post(self, path: str, body: Any = None) -> Any:
        return self._said("POST", path, body=body)

    def put(self, path: str, body: Any) -> Any:
        return self._said("PUT", path, body=body)

    def patch(self, path: str, body: Any) -> Any:
        return self._said("PATCH", path, body=body)

    def delete(self, path: str) -> Any:
        return self._said("DELETE", path)

    def device(self, call: str, body: Any) -> tuple[dict[str, Any], str]:
        """Plays a phone; gives what its callback is handed, and the request id by which `explain` knows it."""
        response = self._send("POST", f"device/{call}", body=body)
        answer: dict[str, Any] = response.json()
        return answer, response.headers.get(_REQUEST_ID, "")

    def _said(self, method: str, path: str, *, body: Any = None, query: Mapping[str, Any] | None = None) -> Any:
        response = self._send(method, path, body=body, query=query)
        return response.json() if response.content else None

    def _send(
        self, method: str, path: str, *, body: Any = None, query: Mapping[str, Any] | None = None
    ) -> httpx.Response:
        url = f"{self.url}/__admin/v1/{path}"
        headers = {"authorization": f"Bearer {self._token}"} if self._token else {}
        asked = {key: value for key, value in (query or {}).items() if value is not None}
        try:
            response = self._http.request(method, url, json=body, params=asked, headers=headers)
        except (httpx.TransportError, httpx.InvalidURL) as error:
            raise UnreachableError(
                f"no lab answers at {self.url}: {error or type(error).__name__}",
                "start one with `mockwx serve`, or leave MOCKWX_URL away and let the tests start their own",
            ) from error
        if response.is_success:
            return response
        raise _refusal(response, self.url)


def _refusal(response: httpx.Response, url: str) -> Exception:
    try:
        error = response.json()["error"]
        return ControlError(error["code"], error["message"], error.get("hint"), error.get("problems"))
    except (ValueError, KeyError, TypeError, AttributeError):
        return UnreachableError(f"{url} answers HTTP {response.status_code} and is no mockwx", "look at MOCKWX_URL")
