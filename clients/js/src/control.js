// The control API of a lab, spoken over HTTP.

import { decode, encode, send } from '#wire';

/** What the control API, or the way to it, refused: its message, and the way out on a line of its own. */
export class LabError extends Error {
  /**
   * @param {string} message
   * @param {{ code?: string, hint?: string, status?: number, problems?: object[] }} [detail]
   */
  constructor(message, { code, hint, status, problems = [] } = {}) {
    const more = problems.slice(1).map((problem) => `\n${problem.path}: ${problem.message}`);
    super(`${message}${more.join('')}${hint ? `\nhint: ${hint}` : ''}`);
    this.name = 'LabError';
    this.code = code;
    this.hint = hint;
    this.status = status;
    this.problems = problems;
  }
}

/** Calls of the control API in one world (or in whichever the call is for). */
export class Control {
  #base;
  #adminToken;

  /** @param {{ base: string, adminToken?: string }} where */
  constructor({ base, adminToken }) {
    this.#base = base;
    this.#adminToken = adminToken;
  }

  /**
   * @param {string} method
   * @param {string} path behind `/__admin/v1/`
   * @param {unknown} [body] sent as JSON
   * @returns {Promise<any>} the answer's JSON; nothing for an empty one
   */
  async call(method, path, body) {
    const url = `${this.#base}/__admin/v1/${path}`;
    const headers = {};
    const bytes = body === undefined ? undefined : encode(JSON.stringify(body));
    if (bytes) Object.assign(headers, { 'content-type': 'application/json', 'content-length': String(bytes.length) });
    if (this.#adminToken) headers['x-mock-admin-token'] = this.#adminToken;
    let answer;
    try {
      answer = await send({ url, method, headers, body: bytes }).answer;
    } catch (error) {
      throw new LabError(`no mockwx answers at ${this.#base}: ${error.message}`, {
        code: 'unreachable',
        hint: 'start one with `mockwx serve`, or give its address as url',
      });
    }
    const text = decode(answer.body);
    const value = read(text);
    if (answer.status >= 200 && answer.status < 300 && (value !== undefined || text === '')) return value;
    if (value?.error?.message) throw new LabError(value.error.message, { ...value.error, status: answer.status });
    throw new LabError(`${method} ${url} was answered with status ${answer.status} and no control API's JSON`, {
      status: answer.status,
      hint: 'is it mockwx that listens there?',
    });
  }
}

function read(text) {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A query out of what is set; empty when nothing is. */
export function query(parameters = {}) {
  const set = Object.entries(parameters).filter(([, value]) => value !== undefined);
  return set.length === 0 ? '' : `?${new URLSearchParams(set.map(([name, value]) => [name, String(value)]))}`;
}
