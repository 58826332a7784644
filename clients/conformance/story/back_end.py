"""What a back end does with WeChat, told once for every SDK in Python: token, login, phone number, and each way it goes
wrong.

An SDK comes as a function of (appid, secret, token to begin with, whether to replace a refused one), whose result has
`token`, `held_token`, `login`, `phone` and `decrypt`, and as its exception, with `errcode`, `errmsg` and `response`.
"""

import re
import time

import world
from checks import check, equal

TOKEN = "/cgi-bin/token"
PHONE = "/wxa/business/getuserphonenumber"

JSON = "application/json; encoding=utf-8"
# WeChat ends an errmsg in three ways, by the family of the path. A bad access_token is told at /wxa as at /cgi-bin.
ENDINGS = {
    "sns": (r", rid: (\w{8})-\w{8}-\w{8}", "text/plain"),
    "cgi-bin": (r" rid: (\w{8})-\w{8}-\w{8}", JSON),
    "wxa": (r" hint: \[[\w.-]+\] rid: (\w{8})-\w{8}-\w{8}", JSON),
}


def refused(exception, work, errcode, text, family):
    """Fails unless `work` is refused by this errcode and text, to the byte but for the request id."""
    try:
        answer = work()
    except exception as error:
        seen = error
    else:
        raise AssertionError(f"not refused, but answered: {answer}")
    assert seen.errcode == errcode, f"{seen.errcode} {seen.errmsg}, HTTP {seen.response.status_code}"
    equal(seen.errmsg[: len(text)], text)
    ending, content_type = ENDINGS[family]
    rest = re.fullmatch(ending, seen.errmsg[len(text) :])
    assert rest, f"the errmsg of /{family} has another ending: {seen.errmsg}"
    assert abs(time.time() - int(rest[1], 16)) < 60, f"a request id begins with the time in hex: {seen.errmsg}"
    equal(seen.response.headers["content-type"], content_type)
    return f"{errcode} {text}"


def phone_number(answer):
    info = dict(answer["phone_info"])
    watermark = info.pop("watermark")
    equal(info, {"phoneNumber": "13900139000", "purePhoneNumber": "13900139000", "countryCode": "86"})
    equal(list(watermark), ["timestamp", "appid"])
    equal((type(watermark["timestamp"]), len(watermark["appid"])), (int, 18))


def back_end(sdk, exception):
    app, _, _ = world.declared()

    def client(appid=app["appid"], secret=app["secret"], token=None, retry=True):
        return sdk(appid, secret, token, retry)

    @check("an access_token is fetched, and kept")
    def _():
        own = client()
        answer = own.token()
        equal(list(answer), ["access_token", "expires_in"])
        equal(answer["expires_in"], 7200)
        assert re.fullmatch(r"\d+_[\w-]{60,510}", answer["access_token"]), answer
        equal(world.calls_during(own.held_token), [])

    @check("a wrong secret is refused: 40125")
    def _():
        return refused(exception, client(secret="f" * 32).token, 40125, "invalid appsecret", "cgi-bin")

    @check("an unknown appid is refused: 40013")
    def _():
        return refused(exception, client(appid="wx" + "0" * 16).token, 40013, "invalid appid", "cgi-bin")

    @check("a login code gives openid, unionid and session_key")
    def _():
        own = client()
        one = own.login(world.login_code())
        equal(list(one), ["session_key", "openid", "unionid"])  # there is no errcode on success
        assert re.fullmatch(r"[A-Za-z0-9+/]{22}==", one["session_key"]), one
        assert re.fullmatch(r"o[\w-]{27}", one["openid"]), one
        assert re.fullmatch(r"o[\w-]{27}", one["unionid"]), one
        equal(own.login(world.login_code())["openid"], one["openid"])

    @check("a wrong login code is refused: 40029")
    def _():
        return refused(exception, lambda: client().login("0" * 32), 40029, "invalid code", "sns")

    @check("a used login code is refused: 40163")
    def _():
        own, code = client(), world.login_code()
        own.login(code)
        return refused(exception, lambda: own.login(code), 40163, "code been used", "sns")

    @check("a login code dies after five minutes: 40029")
    def _():
        own, late, early = client(), world.login_code(), world.login_code()
        world.age(artefact=late, by="5m1s")
        world.age(artefact=early, by="4m30s")
        own.login(early)
        return refused(exception, lambda: own.login(late), 40029, "invalid code", "sns")

    @check("a busy WeChat is told: -1")
    def _():
        world.next_call("/sns/jscode2session", {"error": "-1"})
        code = world.login_code()
        refused(exception, lambda: client().login(code), -1, "system error", "sns")
        client().login(code)

    @check("encrypted data opens with the session_key")
    def _():
        own = client()
        session = own.login(world.login_code())
        data = world.user_info()
        opened = own.decrypt(session["session_key"], data["iv"], data["encryptedData"])
        equal((opened["openId"], opened["watermark"]["appid"]), (session["openid"], app["appid"]))

    @check("a phone code gives the number")
    def _():
        answer = client().phone(world.phone_code())
        equal(list(answer), ["errcode", "errmsg", "phone_info"])
        equal((answer["errcode"], answer["errmsg"]), (0, "ok"))
        phone_number(answer)

    @check("a wrong phone code is refused: 40029")
    def _():
        return refused(exception, lambda: client().phone("0" * 64), 40029, "invalid code", "wxa")

    @check("a used phone code is refused: 40029")
    def _():
        own, code = client(), world.phone_code()
        own.phone(code)
        return refused(exception, lambda: own.phone(code), 40029, "invalid code", "wxa")

    @check("an expired access_token is refused: 42001")
    def _():
        token = client().held_token()
        world.age(artefact=token, by="2h1s")
        code = world.phone_code()
        once = client(token=token, retry=False)
        return refused(exception, lambda: once.phone(code), 42001, "access_token expired", "cgi-bin")

    @check("an expired access_token (42001) is replaced, and the call made again")
    def _():
        own = client()
        former = own.held_token()
        world.age(artefact=former, by="2h1s")
        code = world.phone_code()
        calls = world.calls_during(lambda: phone_number(own.phone(code)))
        equal(calls, [f"{PHONE} 42001", f"{TOKEN} 0", f"{PHONE} 0"])
        assert own.held_token() != former, "the token was kept"

    @check("an unknown access_token (40001) is replaced, and the call made again")
    def _():
        own, code = client(token="92_nobody-issued-this"), world.phone_code()
        calls = world.calls_during(lambda: phone_number(own.phone(code)))
        equal(calls, [f"{PHONE} 40001", f"{TOKEN} 0", f"{PHONE} 0"])
