// What the shop asks IDaaS, for customers who have an account there.

export class Idaas {
  constructor({ baseUrl, clientId }) {
    Object.assign(this, { baseUrl, clientId });
  }

  /** Logs in with a login code of the Mini Program. IDaaS exchanges it at WeChat by itself. */
  async login(code) {
    const response = await fetch(new URL('/api/v2/sdk/login/wechat-miniprogram', this.baseUrl), {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-client-id': this.clientId,
        'x-operating-sys-version': 'shop-node',
        'x-device-fingerprint': 'shop-node',
        'x-agent': 'shop-node',
      },
      body: JSON.stringify({ code }),
      signal: AbortSignal.timeout(10_000),
    });
    const { status, id_token, error_code } = await response.json();
    return { status, idToken: id_token, error: error_code };
  }
}
