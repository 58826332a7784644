// @ts-check
// One request, as a promise. An answer of any status is an answer; whoever asked knows what it means.

/** No answer came: no network, no server, too slow. */
class Unreachable extends Error {
  /** @param {string} reason what WeChat says, for the log */
  constructor(reason) {
    super(reason);
    this.name = 'Unreachable';
  }
}

/**
 * @typedef {object} Call
 * @property {'GET' | 'POST'} method
 * @property {string} url
 * @property {Record<string, string>} header
 * @property {Record<string, string>} [data] what is sent as JSON
 */

/** @typedef {{ status: number, body: WechatMiniprogram.IAnyObject }} Answer */

/**
 * @param {Call} call
 * @returns {Promise<Answer>}
 */
function send({ method, url, header, data }) {
  return new Promise((resolve, reject) => {
    wx.request({
      method,
      url,
      header: { 'content-type': 'application/json', ...header },
      data,
      // What is no JSON object, an empty body or a gateway's HTML page, has no fields.
      success: ({ statusCode, data: body }) =>
        resolve({ status: statusCode, body: typeof body === 'object' && body !== null ? body : {} }),
      fail: ({ errMsg }) => reject(new Unreachable(errMsg)),
    });
  });
}

module.exports = { send, Unreachable };
