// @ts-check
// How a customer comes in, stays in and leaves.

const idaas = require('./idaas');
const session = require('./session');
const { loginCode } = require('./wechat');

/** The account exists, but may not come in here: it is disabled, or asks for a step that only the web site has. */
class NotAdmitted extends Error {
  /** @param {string} status */
  constructor(status) {
    super(status);
    this.name = 'NotAdmitted';
    this.status = status;
  }
}

/** Nobody is logged in, and nobody can be without being asked. */
class LoginNeeded extends Error {
  constructor() {
    super('login needed');
    this.name = 'LoginNeeded';
  }
}

/** @typedef {'in' | 'bind'} Next where the customer is now: logged in, or about to say which account is theirs */

/** What the login left open. It lives for minutes, so it is not stored. @type {idaas.Pending | null} */
let pending = null;

/**
 * @param {idaas.Outcome} outcome
 * @returns {Next}
 */
function settle(outcome) {
  switch (outcome.status) {
    case 'SUCCESS':
      pending = null;
      session.keep(outcome);
      return 'in';
    case 'SOCIAL_BIND':
    case 'USER_REGISTER':
      pending = outcome;
      return 'bind';
    default:
      throw new NotAdmitted(outcome.status);
  }
}

/** The customer tapped the login button. */
async function login() {
  return settle(await idaas.login(await loginCode()));
}

/** The customer tapped a phone button. @param {string} phoneCode */
async function loginByPhone(phoneCode) {
  return settle(await idaas.loginByPhone(phoneCode));
}

/** At launch: back to where the customer was, without a question if that is possible. @returns {Promise<'in' | 'out'>} */
async function enter() {
  if (session.read()) return 'in';
  if (session.isSignedOut()) return 'out';
  return (await login()) === 'in' ? 'in' : 'out';
}

/** @returns {idaas.Pending | null} */
function openLogin() {
  return pending;
}

/** @returns {idaas.Pending} */
function openLoginOrStop() {
  if (!pending) throw new LoginNeeded();
  return pending;
}

/** @returns {boolean} whether whoever has no account yet gets one */
function mayRegister() {
  return openLoginOrStop().status === 'USER_REGISTER';
}

/**
 * The means that this tenant accepts as proof. IDaaS sends them as JSON within JSON, or not at all.
 * @returns {{ phone: boolean, email: boolean }}
 */
function means() {
  const { data } = openLoginOrStop();
  const flow = data ? JSON.parse(data).socialBindOrRegisterFlow : undefined;
  if (!Array.isArray(flow)) return { phone: true, email: true };
  return { phone: flow.includes('VERIFY_PHONE'), email: flow.includes('VERIFY_EMAIL') };
}

/** The account with the number of the customer's WeChat, made if need be. @param {string} phoneCode */
async function bindByPhone(phoneCode) {
  const { state_token } = openLoginOrStop();
  return settle(await (mayRegister() ? idaas.registerWechatMobile : idaas.bindWechatMobile)(state_token, phoneCode));
}

/**
 * The account of a number or an e-mail address that the customer proves to own, made if need be.
 * @param {idaas.Recipient} recipient
 * @param {string} verifyCode
 */
async function bindByCode(recipient, verifyCode) {
  const { state_token } = openLoginOrStop();
  return settle(await (mayRegister() ? idaas.registerByCode : idaas.bindByCode)(state_token, recipient, verifyCode));
}

/**
 * The account of which the customer knows name and password.
 * @param {string} userName
 * @param {string} password
 */
async function bindByPassword(userName, password) {
  return settle(await idaas.bindByPassword(openLoginOrStop().state_token, userName, password));
}

/** @type {Promise<string> | null} */
let renewal = null;

/**
 * A fresh id_token in place of one that has run out. Whoever asks while one is on its way gets the same.
 * @returns {Promise<string>}
 */
function renew() {
  renewal = renewal ?? freshIdToken().finally(() => (renewal = null));
  return renewal;
}

async function freshIdToken() {
  const known = session.read();
  if (known) {
    try {
      const tokens = await idaas.refresh(known.sessionToken);
      session.keep(tokens);
      return tokens.id_token;
    } catch (error) {
      // Only a refusal says that the session is over. When IDaaS is down, it is still good.
      if (!(error instanceof idaas.IdaasRefusal)) throw error;
      session.drop();
    }
  }
  if ((await enter()) === 'out') throw new LoginNeeded();
  return idToken();
}

/** @returns {string} */
function idToken() {
  const known = session.read();
  if (!known) throw new LoginNeeded();
  return known.idToken;
}

/** IDaaS documents no call for phones that ends a session: forgetting its tokens is what a phone can do. */
function logout() {
  pending = null;
  session.signOut();
}

module.exports = {
  LoginNeeded,
  NotAdmitted,
  bindByCode,
  bindByPassword,
  bindByPhone,
  enter,
  idToken,
  login,
  loginByPhone,
  logout,
  mayRegister,
  means,
  openLogin,
  renew,
};
