// wx.request: any HTTP answer is a success, whatever its status; only transport fails.

import { send } from '#wire';
import { parse } from './address.js';
import { deliver, failed, Failure } from './call.js';
import { checkDomain } from './domains.js';
import { headersOf, headersSeen } from './request_headers.js';
import { bodyOf, dataOf, withQuery } from './request_body.js';
import { profileOf, usual } from './request_profile.js';
import { Task } from './request_task.js';

const METHODS = ['OPTIONS', 'GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'TRACE', 'CONNECT'];
const IN_QUERY = ['GET', 'HEAD'];
const PARALLEL = 10;
const REDIRECTS = 20;
const TIMEOUT_MS = 60_000;

const aborted = () => new Failure('abort');
const interrupted = () => new Failure('interrupted', { errno: 600003 });
const timedOut = () => new Failure('timeout', { errno: 5 });

/**
 * @param {import('./device.js').Device} device
 * @param {import('./address.js').Places} places
 * @param {object} settings `domains`, `headerCase`, `referer`, `timeout`, `userAgent`
 */
export function requests(device, places, settings) {
  let running = 0;

  const start = (options, task) => {
    if (device.inBackground) throw interrupted();
    const call = read(options, settings);
    checkDomain(call.written, settings.domains);
    if (running >= PARALLEL) throw new Failure('exceed max task count', { errno: 600007 });
    running += 1;
    const early = earlyEnd(task, device, timeoutOf(options, settings), () => {
      running -= 1;
    });
    return Promise.race([follow(call, places, settings, task), early.failure]).finally(early.settle);
  };

  const request = (options) => {
    const task = new Task();
    const outcome = new Promise((resolve) => {
      resolve(start(options ?? {}, task));
    });
    outcome.then(
      (value) => deliver(options, true, { ...value, ...usual(), errMsg: 'request:ok' }),
      (error) => deliver(options ?? {}, false, { ...failed('request', error), ...usual() }),
    );
    return task.handle;
  };
  return { request };
}

/** Libraries send a timeout of 0 and mean none of their own. */
function timeoutOf(options, settings) {
  const given = [options.timeout, settings.timeout].map(Number).find((timeout) => timeout > 0);
  return given ?? TIMEOUT_MS;
}

/** What the app asked for, checked. */
function read(options, settings) {
  const { url, data } = options;
  if (typeof url !== 'string') {
    const kind = Object.prototype.toString.call(url).slice(8, -1);
    throw new Failure(`parameter error: parameter.url should be String instead of ${kind};`, { errno: 1001 });
  }
  const method = String(options.method ?? 'GET').toUpperCase();
  if (!METHODS.includes(method)) {
    // The typings list no PATCH either; the words are inferred.
    throw new Failure(`parameter error: parameter.method is not one of ${METHODS.join(', ')};`, { errno: 1001 });
  }
  const inQuery = IN_QUERY.includes(method);
  const written = inQuery ? withQuery(url, data) : url;
  const target = parse(written);
  if (!isHttp(target)) throw new Failure(`invalid url "${url}"`, { errno: 600009 });
  const headers = headersOf(options.header, settings);
  const body = inQuery ? undefined : bodyOf(data, headers.get('content-type')[1]);
  return { options, method, written, target, headers: Object.fromEntries(headers.values()), body };
}

/** Where an answer leads on to, if the app does not want to see it itself. */
function leadsTo({ status, headers }, { redirect }) {
  if (redirect === 'manual' || ![301, 302, 303, 307, 308].includes(status)) return undefined;
  return headers.find(([name]) => name.toLowerCase() === 'location')?.[1];
}

const isHttp = (url) => url !== undefined && /^https?:$/.test(url.protocol);

/** Sends the call, and follows where it is led. */
async function follow(call, places, settings, task) {
  let { method, target, body } = call;
  const begin = Date.now();
  for (let hops = 0; ; hops += 1) {
    const place = await places.of(target);
    if (task.isOver) throw aborted();
    const answer = await exchange({ ...call, method, body, place }, settings, task);
    const location = leadsTo(answer, call.options);
    if (location === undefined) {
      const { header, cookies } = headersSeen(answer.headers, settings.headerCase);
      const { sent, head } = answer;
      const sentBytes = body?.length ?? 0;
      const course = { begin, sent, head, end: Date.now(), sentBytes, bytes: answer.body.length, place: place.url };
      return {
        data: dataOf(answer.body, call.options),
        statusCode: answer.status,
        header,
        cookies,
        profile: profileOf(course),
      };
    }
    if (hops >= REDIRECTS) throw new Failure('reach the max redirect count', { errno: 600008 });
    // A redirection leads on from the address that the app knows, not from the one that stands in for it.
    const next = parse(location, target);
    if (!isHttp(next)) throw new Failure(`invalid url "${location}"`, { errno: 600009 });
    if (answer.status === 303 || (answer.status < 303 && method === 'POST')) [method, body] = ['GET', undefined];
    target = next;
  }
}

async function exchange({ options, method, place, headers, body }, settings, task) {
  const all = { ...headers };
  if (place.isLab) all['x-mock-caller'] = 'mini-program';
  if (body !== undefined) all['content-length'] = String(body.length);
  const sent = Date.now();
  let head = sent;
  const { answer, abort } = send({
    url: place.url,
    method,
    headers: all,
    body,
    onHeaders: (seen) => {
      head = Date.now();
      if (leadsTo(seen, options) !== undefined) return;
      task.fire('headersReceived', { ...headersSeen(seen.headers, settings.headerCase), statusCode: seen.status });
    },
    onChunk: task.listens('chunkReceived') ? (chunk) => task.fire('chunkReceived', { data: chunk.buffer }) : undefined,
  });
  task.onStop(abort);
  try {
    return { ...(await answer), sent, head };
  } catch (error) {
    if (error.net === undefined) throw error;
    const text = `errcode:${error.net} cronet_error_code:${error.net} error_msg:${error.netName}`;
    throw new Failure(text, { errno: 600001 });
  }
}

/**
 * What ends a request before its answer: the app, the clock, or the background. `settled` is called once, when it is
 * over in whatever way.
 */
function earlyEnd(task, device, timeout, settled) {
  let settle;
  const failure = new Promise((_, reject) => {
    const end = (why) => {
      reject(why);
      settle();
      task.stop();
    };
    const timer = setTimeout(() => end(timedOut()), timeout);
    const release = device.interruptible(() => end(interrupted()));
    task.abort = () => end(aborted());
    settle = () => {
      if (task.isOver) return;
      task.isOver = true;
      task.abort = () => {};
      clearTimeout(timer);
      release();
      settled();
    };
  });
  return { failure, settle };
}
