"""What a request library of a back end does without knowing of a lab: it calls WeChat and the tenant at their own
addresses, by https, and trusts what its runtime trusts.

A library comes as `get(url)` and `post(url, json)`, which give a status and the parsed data, and as the exception that
it raises when a proxy refuses to go on.
"""

import concurrent.futures
import re

import world
from checks import check, equal

WECHAT = "https://api.weixin.qq.com"


def web(get, post, refused):
    app, _, domain = world.declared()
    own = f"appid={app['appid']}&secret={app['secret']}"

    def token(host):
        return get(f"{host}/cgi-bin/token?grant_type=client_credential&{own}")[1]["access_token"]

    @check("WeChat answers at its own address")
    def _():
        code = world.login_code()
        url = f"{WECHAT}/sns/jscode2session?{own}&js_code={code}&grant_type=authorization_code"
        # In the world that the lab was joined for.
        equal(world.calls_during(lambda: get(url)[1]["openid"]), ["/sns/jscode2session 0"])

    @check("a regional alias answers, too")
    def _():
        assert re.match(r"\d+_", token("https://sh.api.weixin.qq.com"))

    @check("JSON is posted")
    def _():
        url = f"{WECHAT}/wxa/business/getuserphonenumber?access_token={token(WECHAT)}"
        equal(post(url, {"code": world.phone_code()})[1]["phone_info"]["purePhoneNumber"], "13900139000")

    @check("a refusal comes at HTTP 200")
    def _():
        status, data = get(f"{WECHAT}/cgi-bin/token?grant_type=client_credential&appid=x&secret=y")
        equal((status, data["errcode"]), (200, 40013))

    @check("the tenant answers at its own domain")
    def _():
        _, document = get(f"https://{domain}/api/v1/oauth2/.well-known/openid-configuration")
        equal(document["issuer"], f"https://{domain}/api/v1/oauth2")

    @check("thirty calls at once are answered")
    def _():
        with concurrent.futures.ThreadPoolExecutor(30) as pool:
            equal(len(set(pool.map(token, [WECHAT] * 30))), 30)

    @check("another host is not reached")
    def _():
        try:
            get("https://www.weixin.qq.com/")
        except refused as error:
            return str(error)
        raise AssertionError("reached")
