"""wechatpy, 1.8 and 2.0: hosts are class attributes, but for the one of the token."""

import os
import sys

import wechatpy
from wechatpy.client.api import WeChatWxa
from wechatpy.crypto import WeChatWxaCrypto
from wechatpy.exceptions import WeChatClientException

from back_end import back_end
from checks import end


class Wxa(WeChatWxa):
    API_BASE_URL = os.environ["WECHAT_API_BASE_URL"] + "/"


class ByBaseURL(wechatpy.WeChatClient):
    """The host of Mini Program calls is an attribute of `WeChatWxa`; that of the token stands in the method."""

    wxa = Wxa()

    def fetch_access_token(self):
        return self._fetch_access_token(
            url=f"{Wxa.API_BASE_URL}cgi-bin/token",
            params={"grant_type": "client_credential", "appid": self.appid, "secret": self.secret},
        )


class BackEnd:
    def __init__(self, client):
        self._client = client

    def token(self):
        return self._client.fetch_access_token()

    def held_token(self):
        return self._client.access_token

    def login(self, code):
        return self._client.wxa.code_to_session(code)

    def phone(self, code):
        if hasattr(self._client.wxa, "get_phone_number"):
            return self._client.wxa.get_phone_number(code)
        # 1.8 has no method for it: this is how its users call it.
        return self._client.wxa._post("wxa/business/getuserphonenumber", data={"code": code})

    def decrypt(self, key, iv, data):
        return WeChatWxaCrypto(key, iv, self._client.appid).decrypt_message(data)


kind = ByBaseURL if sys.argv[1] == "base-url" else wechatpy.WeChatClient


def client(appid, secret, token, retry):
    return BackEnd(kind(appid, secret, access_token=token, auto_retry=retry))


back_end(client, WeChatClientException)
end()
