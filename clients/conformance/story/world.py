"""One world of a running lab, from the side of the test: its phones, its clock, its journal."""

import json
import os
import urllib.error
import urllib.request

if "MOCKWX_URL" not in os.environ:
    raise SystemExit("MOCKWX_URL is not set: start this program with clients/conformance/run")
URL = os.environ["MOCKWX_URL"].rstrip("/")


def post(path, body, headers=None):
    """A call that is not the client's own: of the test, or of the Mini Program."""
    return _call("POST", path, body, headers)


def control(method, path, body=None):
    return _call(method, f"/__admin/v1/{path}", body)


def _call(method, path, body=None, headers=None):
    data = None if body is None else json.dumps(body).encode()
    headers = {"content-type": "application/json", **(headers or {})}
    request = urllib.request.Request(URL + path, data, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            text = answer.read()
    except urllib.error.HTTPError as error:
        raise RuntimeError(f"{method} {path}: {error.code} {error.read().decode()}") from None
    return json.loads(text) if text else {}


def declared():
    """What is declared: the mini program, the application of IDaaS and its tenant."""
    world = control("GET", "world")
    app = world["wechat"]["mini_programs"][0]
    application = next(iter(world["idaas"]["applications"].values()))
    return app, application, world["idaas"]["domain"]


def login_code():
    """The code that `wx.login` would hand its callback on bob's phone."""
    return control("POST", "device/login", {"person": "bob"})["code"]


def phone_code():
    """The code that a tap on bob's phone number button would give."""
    return control("POST", "device/phone-number", {"person": "bob"})["code"]


def user_info():
    """What `wx.getUserInfo` would hand its callback on bob's phone."""
    return control("POST", "device/user-info", {"person": "bob"})


def age(**change):
    """Ages one artefact, or all of a kind, without moving the clock."""
    if not control("POST", "artefacts/age", change)["altered"]:
        raise RuntimeError(f"nothing was aged by {change}")


def next_call(endpoint, what):
    """Plans a misfortune of the next call to an endpoint."""
    control("POST", "faults", {"where": {"endpoint": endpoint}, "when": {"next": 1}, "what": what})


def calls_during(work):
    """The calls of the back end that a piece of work caused: `/path errcode`."""
    last = control("GET", "journal")["last"]
    work()
    return [
        f"{exchange['target'].split('?')[0]} {(exchange.get('answer') or {}).get('errcode', 0)}"
        for exchange in control("GET", "journal")["exchanges"]
        if exchange["seq"] > last and exchange["from"] == "back_end"
    ]
