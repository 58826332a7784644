// @ts-check
// The shop's own back end. It believes an id_token of IDaaS, checks it by itself, and asks WeChat what only a back end may.

const config = require('../config');
const account = require('./account');
const { send } = require('./http');

/** The shop said no. */
class ShopRefusal extends Error {
  /** @param {string} error the shop's name for the reason */
  constructor(error) {
    super(error);
    this.name = 'ShopRefusal';
    this.error = error;
  }
}

/**
 * @typedef {object} Customer
 * @property {string} name
 * @property {string} userName
 * @property {string} mobile
 * @property {string} email
 * @property {boolean} canPay whether the shop knows the customer's openid, which WeChat Pay asks for
 * @property {string} contact the number that the courier calls
 */

/**
 * @param {'GET' | 'POST'} method
 * @param {string} path
 * @param {Record<string, string>} [data]
 * @returns {Promise<Customer>}
 */
async function call(method, path, data) {
  /** @param {string} idToken */
  const ask = (idToken) =>
    send({ method, url: `${config.shop}${path}`, header: { Authorization: `Bearer ${idToken}` }, data });
  let answer = await ask(account.idToken());
  // The id_token has run out. The shop's clock decides: a phone's may be wrong.
  if (answer.status === 401) answer = await ask(await account.renew());
  if (answer.status !== 200) throw new ShopRefusal(String(answer.body.error));
  return /** @type {Customer} */ (answer.body);
}

const me = () => call('GET', '/me');

/** Lets the shop learn the customer's openid. @param {string} loginCode */
const enablePayment = (loginCode) => call('POST', '/payment', { code: loginCode });

/** Lets the shop learn the number for deliveries. @param {string} phoneCode */
const saveContact = (phoneCode) => call('POST', '/contact', { code: phoneCode });

module.exports = { ShopRefusal, enablePayment, me, saveContact };
