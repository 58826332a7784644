"""The back end of a shop's Mini Program, on Flask, with wechatpy as it is: WeChat's address is in the library's code.

Nothing in it knows of tests, and there is no setting for where WeChat is.
"""

from __future__ import annotations

import os
from typing import Any

from flask import Flask, request
from wechatpy import WeChatClient
from wechatpy.exceptions import WeChatClientException

app = Flask(__name__)
wechat = WeChatClient(os.environ["WECHAT_APPID"], os.environ["WECHAT_SECRET"], timeout=5)


@app.post("/login")
def login() -> dict[str, Any]:
    session = wechat.wxa.code_to_session(code())
    return {"openid": session["openid"]}


@app.post("/phone")
def phone() -> dict[str, Any]:
    answer = wechat.post("https://api.weixin.qq.com/wxa/business/getuserphonenumber", data={"code": code()})
    return {"phone": answer["phone_info"]["phoneNumber"]}


@app.errorhandler(WeChatClientException)
def refused(error: WeChatClientException) -> tuple[dict[str, Any], int]:
    return {"detail": f"{error.errcode} {error.errmsg}"}, 401


def code() -> str:
    return str(request.get_json()["code"])
