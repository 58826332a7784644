"""The back end of a shop's Mini Program, on FastAPI: login by code, phone number by code.

Nothing in it knows of tests. Where WeChat is it reads from its environment, as it does in production.
"""

from __future__ import annotations

import os
from typing import Any

from fastapi import FastAPI, HTTPException
from pydantic import BaseModel
from wechatpy import WeChatClient
from wechatpy.client.api import WeChatWxa
from wechatpy.exceptions import WeChatClientException

BUSY = -1


class Code(BaseModel):
    code: str


def wechat(environment: dict[str, str]) -> WeChatClient:
    """wechatpy's client; its addresses are attributes of its classes."""
    base = environment.get("WECHAT_API_BASE_URL", "https://api.weixin.qq.com")

    class Wxa(WeChatWxa):  # type: ignore[misc]
        API_BASE_URL = f"{base}/"

    class Client(WeChatClient):  # type: ignore[misc]
        API_BASE_URL = f"{base}/cgi-bin/"
        wxa = Wxa()

        def fetch_access_token(self) -> Any:
            query = {"grant_type": "client_credential", "appid": self.appid, "secret": self.secret}
            return self._fetch_access_token(url=f"{base}/cgi-bin/token", params=query)

    return Client(environment["WECHAT_APPID"], environment["WECHAT_SECRET"], timeout=5)


def shop(environment: dict[str, str]) -> FastAPI:
    """The application, configured by an environment."""
    app = FastAPI()
    client = wechat(environment)
    base = client.wxa.API_BASE_URL

    @app.post("/login")
    def login(body: Code) -> dict[str, str]:
        try:
            session = client.wxa.code_to_session(body.code)
        except WeChatClientException as error:
            if error.errcode != BUSY:
                raise HTTPException(401, f"{error.errcode} {error.errmsg}") from error
            # A busy WeChat leaves the code good: once more.
            try:
                session = client.wxa.code_to_session(body.code)
            except WeChatClientException as again:
                raise HTTPException(503, f"{again.errcode} {again.errmsg}") from again
        return {"openid": session["openid"]}

    @app.post("/phone")
    def phone(body: Code) -> dict[str, str]:
        try:
            answer = client.post(f"{base}wxa/business/getuserphonenumber", data={"code": body.code})
        except WeChatClientException as error:
            raise HTTPException(401, f"{error.errcode} {error.errmsg}") from error
        return {"phone": answer["phone_info"]["phoneNumber"]}

    return app


if "WECHAT_APPID" in os.environ:
    app = shop(dict(os.environ))
