// What the shop asks WeChat: who sent a login code, and which number stands behind a phone code. The AppSecret and the
// access token that this takes never leave the back end.

const API = 'https://api.weixin.qq.com';
const TOKEN_REFUSED = new Set([40001, 40014, 42001]);

export class WeChatError extends Error {
  constructor({ errcode, errmsg }) {
    super(`WeChat answered ${errcode}: ${errmsg}`);
    this.name = 'WeChatError';
    this.errcode = errcode;
  }
}

export class WeChat {
  #appid;
  #secret;
  #token = null;

  constructor({ appid, secret }) {
    this.#appid = appid;
    this.#secret = secret;
  }

  /** The openid behind a login code. A code is good for one exchange. */
  async openid(code) {
    const query = { appid: this.#appid, secret: this.#secret, js_code: code, grant_type: 'authorization_code' };
    return (await call('/sns/jscode2session', query)).openid;
  }

  /** The number behind a phone code, in the form that people dial. */
  async phoneNumber(code) {
    const ask = async () =>
      call('/wxa/business/getuserphonenumber', { access_token: await this.#accessToken() }, { code });
    try {
      return dialled((await ask()).phone_info);
    } catch (error) {
      if (!TOKEN_REFUSED.has(error.errcode)) throw error;
      // Another instance fetched a newer one. The code is not spent by this.
      this.#token = null;
      return dialled((await ask()).phone_info);
    }
  }

  async #accessToken() {
    if (!this.#token || this.#token.until < Date.now()) {
      const grant = { grant_type: 'client_credential', appid: this.#appid, secret: this.#secret };
      const { access_token, expires_in } = await call('/cgi-bin/stable_token', {}, grant);
      this.#token = { value: access_token, until: Date.now() + (expires_in - 60) * 1000 };
    }
    return this.#token.value;
  }
}

const dialled = ({ countryCode, purePhoneNumber }) => `+${countryCode} ${purePhoneNumber}`;

/** WeChat answers 200 also when it refuses: what tells is `errcode`, and on success it may be absent. */
async function call(path, query, body) {
  const url = new URL(path, API);
  url.search = new URLSearchParams(query);
  const options = body && {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  };
  const response = await fetch(url, { ...options, signal: AbortSignal.timeout(5000) });
  const answer = await response.json();
  if (answer.errcode) throw new WeChatError(answer);
  return answer;
}
