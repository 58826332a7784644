// The back end of a small shop's Mini Program: logs people in by WeChat or by IDaaS, keeps sessions, asks for phone
// numbers. Nothing in it knows of tests: where WeChat and IDaaS are is a setting, in production as anywhere else.

import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { Idaas } from './idaas.js';
import { WeChat, WeChatError } from './wechat.js';

const {
  PORT = '3000',
  WECHAT_BASE_URL = 'https://api.weixin.qq.com',
  WECHAT_APPID,
  WECHAT_SECRET,
  IDAAS_BASE_URL,
  IDAAS_CLIENT_ID,
} = process.env;

const wechat = new WeChat({ baseUrl: WECHAT_BASE_URL, appid: WECHAT_APPID, secret: WECHAT_SECRET });
const idaas = new Idaas({ baseUrl: IDAAS_BASE_URL, clientId: IDAAS_CLIENT_ID });
const customers = new Map();
const sessions = new Map();

class Refusal extends Error {
  constructor(status, error) {
    super(error);
    Object.assign(this, { status, error });
  }
}

function newSession(customer) {
  const session = randomUUID();
  sessions.set(session, customer);
  return session;
}

function customerOf(request) {
  const session = request.headers.authorization?.replace(/^Bearer /, '');
  const customer = sessions.get(session);
  if (!customer) throw new Refusal(401, 'no_session');
  return customer;
}

const routes = {
  'GET /healthz': async () => ({ ok: true }),

  'POST /login': async (_, { code }) => {
    const { openid } = await wechat.login(code);
    const isNew = !customers.has(openid);
    if (isNew) customers.set(openid, { openid, phone: null });
    return { session: newSession(customers.get(openid)), is_new: isNew };
  },

  'POST /login/idaas': async (_, { code }) => {
    const { status, idToken, error } = await idaas.login(code);
    if (error) throw new Refusal(401, 'login_refused');
    if (status !== 'SUCCESS') return { status };
    return { status, session: newSession({ idToken, phone: null }) };
  },

  'POST /phone': async (request, { code }) => {
    const customer = customerOf(request);
    const { purePhoneNumber, countryCode } = await wechat.phoneNumber(code);
    customer.phone = `+${countryCode} ${purePhoneNumber}`;
    return { phone: customer.phone };
  },

  'GET /me': async (request) => ({ phone: customerOf(request).phone }),
};

/** What the Mini Program is told when something does not work. What WeChat said stays here, in the log. */
function refusalOf(error) {
  if (error instanceof Refusal) return error;
  if (error instanceof WeChatError && error.errcode === -1) return new Refusal(503, 'wechat_busy');
  if (error instanceof WeChatError) return new Refusal(401, 'code_refused');
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
  const route = routes[`${request.method} ${pathname}`];
  try {
    if (!route) throw new Refusal(404, 'not_found');
    return [200, await route(request, await bodyOf(request))];
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

server.listen(Number(PORT), '127.0.0.1', () => console.log(`the shop is open on port ${PORT}`));
process.on('SIGTERM', () => {
  server.close(() => process.exit(0));
  server.closeAllConnections();
});
