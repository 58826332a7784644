// What the shop asks WeChat. The base URL comes from outside, as any address of another system does.

const BUSY = -1;
const TOKEN_REFUSED = new Set([40001, 40014, 42001]);
const TRIES = 3;

export class WeChatError extends Error {
  constructor({ errcode, errmsg }) {
    super(`WeChat answered ${errcode}: ${errmsg}`);
    this.errcode = errcode;
  }
}

export class WeChat {
  #token = null;

  constructor({ baseUrl, appid, secret }) {
    Object.assign(this, { baseUrl, appid, secret });
  }

  /** The person behind a login code. A code is good for one exchange. */
  async login(code) {
    const query = { appid: this.appid, secret: this.secret, js_code: code, grant_type: 'authorization_code' };
    const { openid, unionid } = await this.#call('/sns/jscode2session', query);
    return { openid, unionid };
  }

  /** The phone number behind a phone code. */
  async phoneNumber(code) {
    const ask = async () =>
      this.#call('/wxa/business/getuserphonenumber', { access_token: await this.#accessToken() }, { code });
    try {
      return (await ask()).phone_info;
    } catch (error) {
      if (!TOKEN_REFUSED.has(error.errcode)) throw error;
      // Somebody else fetched a newer one.
      this.#token = null;
      return (await ask()).phone_info;
    }
  }

  async #accessToken() {
    if (!this.#token || this.#token.until < Date.now()) {
      const grant = { grant_type: 'client_credential', appid: this.appid, secret: this.secret };
      const { access_token, expires_in } = await this.#call('/cgi-bin/stable_token', {}, grant);
      this.#token = { value: access_token, until: Date.now() + (expires_in - 60) * 1000 };
    }
    return this.#token.value;
  }

  /** WeChat answers 200 also when it refuses: what tells is `errcode`. Busy, −1, means that nothing was done. */
  async #call(path, query, body) {
    const url = new URL(path, this.baseUrl);
    url.search = new URLSearchParams(query);
    const options = body && {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    };
    for (let tries = 1; ; tries += 1) {
      const response = await fetch(url, { ...options, signal: AbortSignal.timeout(5000) });
      const answer = await response.json();
      if (!answer.errcode) return answer;
      if (answer.errcode !== BUSY || tries === TRIES) throw new WeChatError(answer);
      console.log(`WeChat is busy at ${path}, try ${tries} of ${TRIES}`);
      await new Promise((resolve) => setTimeout(resolve, 50 * tries));
    }
  }
}
