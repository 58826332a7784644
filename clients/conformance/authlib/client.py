"""Authlib: its client for Flask, which is told nothing of the tenant but the address of the discovery document."""

import sys
import urllib.parse

import flask
import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.flask_client import OAuth
from authlib.oidc.core import CodeIDToken
from joserfc.errors import (
    BadSignatureError,
    ExpiredTokenError,
    InvalidClaimError,
    InvalidKeyIdError,
    UnsupportedAlgorithmError,
)

from checks import check, end, equal
from id_token import Tenant, id_tokens

shop = flask.Flask("shop")
shop.secret_key = "of a test"
tenant = Tenant(sys.argv[1])


def registered():
    """The tenant as an application of Flask registers it."""
    return OAuth(shop).register(
        "idaas",
        server_metadata_url=f"{tenant.issuer}/.well-known/openid-configuration",
        client_id=tenant.client_id,
        client_secret=tenant.application["client_secret"],
        client_kwargs={"scope": "get_user_info", "code_challenge_method": "S256"},
    )


def verifier(issuer, audience):
    idaas = registered()
    rules = {"iss": {"essential": True, "value": issuer}, "aud": {"essential": True, "value": audience}}

    def verify(token):
        # The tenant knows no nonce, as its vendor documents none.
        return idaas.parse_id_token({"id_token": token}, None, rules, CodeIDToken, leeway=0)

    return verify


idaas = registered()


@shop.get("/login")
def log_in():
    return idaas.authorize_redirect("https://shop.example/callback", login_hint="wu.jun")


@shop.get("/callback")
def called_back():
    try:
        return idaas.authorize_access_token()
    except OAuthError as error:
        return {"error": error.error}, 400


def browse():
    """Goes from the shop to the tenant and back, as a browser would; gives the way back and the browser."""
    browser = shop.test_client()
    away = browser.get("/login").headers["location"]
    back = requests.get(away, allow_redirects=False, timeout=10)
    equal(back.status_code, 302)
    return browser, "/callback?" + urllib.parse.urlsplit(back.headers["location"]).query


@check("the browser flow with S256 ends in a verified id_token")
def _():
    browser, back = browse()
    tokens = browser.get(back).json
    equal((tokens["token_type"], tokens["expires_in"], tokens["scope"]), ("Bearer", 7200, "get_user_info"))
    claims = verifier(tenant.issuer, tenant.client_id)(tokens["id_token"])
    equal((claims["userName"], claims["name"]), ("wu.jun", "Wu Jun"))


@check("an authorization code is good once")
def _():
    browser, back = browse()
    with browser.session_transaction() as kept:
        before = dict(kept)
    equal(browser.get(back).status_code, 200)
    # The shop forgets its state with the first answer; the second time it is the tenant that refuses.
    with browser.session_transaction() as kept:
        kept.update(before)
    again = browser.get(back)
    equal((again.status_code, again.json), (400, {"error": "invalid_grant"}))


@check("userinfo tells the user, a refresh_token brings the next id_token")
def _():
    browser, back = browse()
    tokens = browser.get(back).json
    user = idaas.userinfo(token=tokens)
    equal((user["userName"], user["name"], user["mobile"]), ("wu.jun", "Wu Jun", "+86-13900139000"))
    fresh = idaas.fetch_access_token(grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert fresh["access_token"] != tokens["access_token"], fresh
    equal(verifier(tenant.issuer, tenant.client_id)(fresh["id_token"])["userName"], "wu.jun")


id_tokens(
    tenant,
    verifier,
    {
        "bad_signature": (BadSignatureError, ""),
        "unsigned": (UnsupportedAlgorithmError, "none"),
        "unknown_kid": (InvalidKeyIdError, ""),
        "wrong_issuer": (InvalidClaimError, "iss"),
        "wrong_audience": (InvalidClaimError, "aud"),
        "expired": (ExpiredTokenError, ""),
        "not_yet_valid": (InvalidClaimError, "issued in the future"),
    },
)
end()
