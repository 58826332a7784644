// The back end of the shop's Mini Program. Customers come with an id_token of IDaaS. What only a back end may ask WeChat, it
// asks: the openid, which WeChat Pay needs, and the number that the courier calls.

import { createServer } from 'node:http';
import { IdTokenRefused, idTokenReader } from './id-token.js';
import { WeChat, WeChatError } from './wechat.js';

const { PORT = '3000', WECHAT_APPID, WECHAT_SECRET, IDAAS_DOMAIN, IDAAS_CLIENT_ID } = process.env;

const WECHAT_IS_BUSY = -1;

const wechat = new WeChat({ appid: WECHAT_APPID, secret: WECHAT_SECRET });
const read = idTokenReader({ domain: IDAAS_DOMAIN, clientId: IDAAS_CLIENT_ID });
/** What the shop keeps of its customers beside what IDaaS knows, by user id. */
const customers = new Map();

class Refusal extends Error {
  constructor(status, error) {
    super(error);
    Object.assign(this, { status, error });
  }
}

async function userOf(request) {
  const [scheme, token] = (request.headers.authorization ?? '').split(' ');
  if (scheme !== 'Bearer' || !token) throw new Refusal(401, 'no_id_token');
  return read(token);
}

function customerOf(user) {
  if (!customers.has(user.id)) customers.set(user.id, { openid: null, contact: '' });
  return customers.get(user.id);
}

/** A customer as the Mini Program sees them. The openid stays here. */
const shown = ({ name, userName, mobile, email }, { openid, contact }) =>
  ({ name, userName, mobile, email, contact, canPay: openid !== null });

const routes = {
  'GET /me': async (user) => shown(user, customerOf(user)),

  'POST /payment': async (user, { code }) => {
    const customer = customerOf(user);
    customer.openid = await wechat.openid(code);
    return shown(user, customer);
  },

  'POST /contact': async (user, { code }) => {
    const customer = customerOf(user);
    customer.contact = await wechat.phoneNumber(code);
    return shown(user, customer);
  },
};

/** What the Mini Program is told when something does not work. What others said about it stays here, in the log. */
function refusalOf(error) {
  if (error instanceof Refusal) return error;
  if (error instanceof IdTokenRefused) return new Refusal(401, 'id_token_refused');
  if (error instanceof WeChatError && error.errcode === WECHAT_IS_BUSY) return new Refusal(503, 'wechat_busy');
  if (error instanceof WeChatError) return new Refusal(400, 'code_refused');
  return new Refusal(502, 'no_answer');
}

async function bodyOf(request) {
  let text = '';
  for await (const piece of request) text += piece;
  try {
    return JSON.parse(text || '{}');
  } catch {
    throw new Refusal(400, 'not_json');
  }
}

async function answer(request) {
  const { pathname } = new URL(request.url, 'http://shop');
  if (pathname === '/healthz') return [200, { ok: true }];
  const route = routes[`${request.method} ${pathname}`];
  try {
    if (!route) throw new Refusal(404, 'not_found');
    const body = await bodyOf(request);
    return [200, await route(await userOf(request), body)];
  } catch (error) {
    const { status, error: name } = refusalOf(error);
    console.log(`${request.method} ${pathname} ${status} ${name}: ${error.message}`);
    return [status, { error: name }];
  }
}

const server = createServer(async (request, response) => {
  const [status, body] = await answer(request);
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
});

server.listen(Number(PORT), '127.0.0.1', () => console.log(`the shop is open on port ${server.address().port}`));
process.on('SIGTERM', () => {
  server.close(() => process.exit(0));
  server.closeAllConnections();
});
