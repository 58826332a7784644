// @ts-check
// The calls of IDaaS that a phone makes: logging in, binding, codes by SMS and e-mail, a fresh id_token. This module knows
// paths, headers and fields. What to do with an answer is decided in account.js.

const config = require('../config');
const { deviceHeaders } = require('./device');
const { send } = require('./http');

/** IDaaS said no. `code` is the end of its error code: the part before it differs between editions. */
class IdaasRefusal extends Error {
  /**
   * @param {string} code like `CAPTCHA.0007`
   * @param {string} message the words of IDaaS, in the language asked for
   */
  constructor(code, message) {
    super(message);
    this.name = 'IdaasRefusal';
    this.code = code;
  }
}

/** IDaaS answered, but not as it should: it is down or overloaded. */
class IdaasDown extends Error {
  /** @param {number} status */
  constructor(status) {
    super(`IDaaS answered ${status}`);
    this.name = 'IdaasDown';
  }
}

/**
 * Logged in. The session_token lives for days and gets new id_tokens; an id_token lives for hours and says who it is.
 * @typedef {{ status: 'SUCCESS', session_token: string, expire: number, id_token: string }} Visit
 */

/**
 * WeChat knows the customer, but no account belongs to that identity yet.
 * @typedef {{ status: 'SOCIAL_BIND' | 'USER_REGISTER', state_token: string, data?: string | null }} Pending
 */

/** @typedef {{ status: 'ACCESS_DENIED' | 'MFA_AUTH' | 'PASSWORD_WARN' | 'PASSWORD_EXPIRED' }} OtherOutcome */

/** @typedef {Visit | Pending | OtherOutcome} Outcome */

/** @typedef {{ mobile: string } | { email: string }} Recipient where a code was sent */

/**
 * @param {'GET' | 'POST'} method
 * @param {string} path
 * @param {Record<string, string>} [data]
 * @param {Record<string, string>} [header]
 */
async function call(method, path, data, header) {
  const { status, body } = await send({
    method,
    url: `${config.idaas}/api/v2/sdk/${path}`,
    header: { ...deviceHeaders(), 'X-client-id': config.clientId, ...header },
    data,
  });
  if (status === 200) return body;
  if (typeof body.error_code === 'string' && status < 500) {
    throw new IdaasRefusal(body.error_code.split('.').slice(-2).join('.'), String(body.error_msg));
  }
  throw new IdaasDown(status);
}

/**
 * @param {string} path
 * @param {Record<string, string>} data
 * @param {Record<string, string>} [header]
 * @returns {Promise<Outcome>}
 */
async function outcomeOf(path, data, header) {
  return /** @type {Outcome} */ (await call('POST', path, data, header));
}

/** Logs in with a code of `wx.login`. @param {string} code */
const login = (code) => outcomeOf('login/wechat-miniprogram', { code });

/** Logs in with a code of either phone button: the account with that number. @param {string} code */
const loginByPhone = (code) => outcomeOf('login/wechat-mini-program-mobile', { code });

/**
 * @param {string} stateToken
 * @param {string} wechatCode of a phone button
 */
const bindWechatMobile = (stateToken, wechatCode) =>
  outcomeOf('social/wechat-mobile-bind', { wechat_code: wechatCode }, { 'X-state-token': stateToken });

/**
 * @param {string} stateToken
 * @param {string} wechatCode of a phone button
 */
const registerWechatMobile = (stateToken, wechatCode) =>
  outcomeOf('social/wechat-mobile-register-bind', { wechat_code: wechatCode }, { 'X-state-token': stateToken });

/**
 * @param {string} stateToken
 * @param {Recipient} recipient
 * @param {string} verifyCode
 */
const bindByCode = (stateToken, recipient, verifyCode) =>
  outcomeOf('social/bind', { ...recipient, verify_code: verifyCode }, { 'X-state-token': stateToken });

/**
 * @param {string} stateToken
 * @param {Recipient} recipient
 * @param {string} verifyCode
 */
const registerByCode = (stateToken, recipient, verifyCode) =>
  outcomeOf('social/register-bind', { ...recipient, verify_code: verifyCode }, { 'X-state-token': stateToken });

/**
 * @param {string} stateToken
 * @param {string} userName
 * @param {string} password
 */
const bindByPassword = (stateToken, userName, password) =>
  outcomeOf(
    'social/username-password-bind',
    { user_name: userName, password },
    { 'X-state-token': stateToken },
  );

/**
 * A slider picture: a background with a hole, and the piece that fits.
 * @returns {Promise<{ token: string, originalImageBase64: string, jigsawImageBase64: string }>}
 */
async function captcha() {
  const { token, originalImageBase64, jigsawImageBase64 } = await call('GET', 'captcha');
  return { token, originalImageBase64, jigsawImageBase64 };
}

/**
 * @param {string} token of the picture
 * @param {number} x where the piece was left
 * @param {string} sender who the code will be sent to
 * @returns {Promise<string>} a captcha_token, which sending a code costs
 */
async function verifyCaptcha(token, x, sender) {
  const point = `{"x":${x.toFixed(1)},"y":5.0}`;
  const { captcha_token } = await call('POST', 'captcha/verify', { point_json: point, token, sender });
  return captcha_token;
}

/**
 * @param {Recipient} recipient
 * @param {'bind' | 'register'} purpose a code is good for one purpose only
 * @param {string} captchaToken
 */
async function sendCode(recipient, purpose, captchaToken) {
  const [path, type] =
    'mobile' in recipient
      ? ['sms/send', { bind: 'BIND_MOBILE_SMS', register: 'REGISTER_SMS' }[purpose]]
      : ['email/send', { bind: 'BIND_EMAIL_EMS', register: 'REGISTER_EMS' }[purpose]];
  await call('POST', path, { ...recipient, type, captcha_token: captchaToken });
}

/**
 * A fresh id_token, and the session_token to keep from now on, which may be a new one.
 * @param {string} sessionToken
 * @returns {Promise<{ session_token: string, id_token: string }>}
 */
async function refresh(sessionToken) {
  // This header has no X- in front, unlike its sisters.
  const header = { 'session-token': sessionToken };
  const { session_token, id_token } = await call('POST', 'sso/session-token/id-token', undefined, header);
  return { session_token, id_token };
}

module.exports = {
  IdaasDown,
  IdaasRefusal,
  bindByCode,
  bindByPassword,
  bindWechatMobile,
  captcha,
  login,
  loginByPhone,
  refresh,
  registerByCode,
  registerWechatMobile,
  sendCode,
  verifyCaptcha,
};
