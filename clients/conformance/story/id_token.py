"""What a back end does with the id_tokens of IDaaS, told once for every library in Python: it knows the issuer, the
audience and the algorithm, finds the keys by itself, and refuses all that is wrong.

A library comes as a function of (issuer, audience) whose result verifies a token and returns its claims, or raises, and
as the exception that it raises for each of `FORGED`, with words of its text.
"""

import base64
import datetime
import json
import os
import urllib.request

import world
from checks import check, equal

LOGIN = "/api/v2/sdk/login/wechat-miniprogram"
FORGED = {
    "bad_signature": "whose signature does not fit",
    "unknown_kid": "of an unknown key",
    "wrong_issuer": "of another issuer",
    "wrong_audience": "for another audience",
    "expired": "past its life",
    "not_yet_valid": "not valid yet",
}


class Tenant:
    """IDaaS, at the world's URL or where its customers have it."""

    def __init__(self, way):
        _, self.application, domain = world.declared()
        self.base = os.environ["IDAAS_BASE_URL"] if way == "base-url" else f"https://{domain}"
        self.issuer = f"{self.base}/api/v1/oauth2"
        self.client_id = self.application["client_id"]

    def log_in(self):
        """Logs bob in, as his Mini Program would, and takes the id_token."""
        headers = {
            "content-type": "application/json",
            "X-client-id": self.client_id,
            "X-operating-sys-version": "iOS 18",
            "X-device-fingerprint": "conformance",
            "X-agent": "conformance",
        }
        body = json.dumps({"code": world.login_code()}).encode()
        with urllib.request.urlopen(urllib.request.Request(self.base + LOGIN, body, headers), timeout=10) as answer:
            result = json.load(answer)
        equal(result["status"], "SUCCESS")
        return result["id_token"]


def discovery(issuer):
    """The issuer's own document."""
    with urllib.request.urlopen(f"{issuer}/.well-known/openid-configuration", timeout=10) as answer:
        document = json.load(answer)
    equal(document["issuer"], issuer)
    return document


def tampered(token):
    """The same token for somebody else, its signature kept."""
    header, claims, signature = token.split(".")
    return ".".join([header, _encoded({**_decoded(claims), "sub": "somebody-else"}), signature])


def unsigned(token):
    """The same claims without a signature, and saying so."""
    return f"{_encoded({'alg': 'none', 'typ': 'JWT'})}.{token.split('.')[1]}."


def refused(verify, token, reason):
    exception, words = reason
    try:
        verify(token)
    except exception as error:
        assert words in str(error), f"refused for another reason: {error}"
        return type(error).__name__
    raise AssertionError("taken")


def id_tokens(tenant, verifier, reasons):
    def fresh():
        return verifier(tenant.issuer, tenant.client_id)

    @check("an id_token is verified with keys found from its issuer")
    def _():
        claims = fresh()(tenant.log_in())
        equal(claims["exp"] - claims["iat"], 7200)
        equal(type(claims["sub"]), str)
        user = json.loads(claims["api"])  # the user is JSON in a text
        user.pop("id")
        equal(user, {"name": "Wu Jun", "mobile": "+86-13900139000", "userName": "wu.jun"})

    @check("a tampered id_token is refused")
    def _():
        return refused(fresh(), tampered(tenant.log_in()), reasons["bad_signature"])

    @check("an unsigned id_token is refused")
    def _():
        return refused(fresh(), unsigned(tenant.log_in()), reasons["unsigned"])

    for fault, words in FORGED.items():

        @check(f"an id_token {words} is refused")
        def _(fault=fault):
            world.next_call(LOGIN, {"id_token": fault})
            verify = fresh()
            told = refused(verify, tenant.log_in(), reasons[fault])
            verify(tenant.log_in())
            return told

    @check("while a key is rotated, tokens of both keys are verified")
    def _():
        former = tenant.log_in()
        world.control("POST", "faults", {"preset": "key_rotation"})
        verify = fresh()
        verify(tenant.log_in())
        verify(former)
        world.control("DELETE", "faults")

    @check("an id_token of a world that is three hours behind is past its life")
    def _():
        then = datetime.datetime.now(datetime.UTC) - datetime.timedelta(hours=3)
        world.control("PUT", "clock", {"set": then.isoformat()})
        return refused(fresh(), tenant.log_in(), reasons["expired"])


def _encoded(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def _decoded(part):
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
