// What wx.request makes of `data`, and of the answer's body.

import { decode, encode } from '#wire';
import { Failure } from './call.js';

const FORM = /application\/x-www-form-urlencoded/i;
const isBuffer = (data) => Object.prototype.toString.call(data) === '[object ArrayBuffer]';
const isMap = (data) => typeof data === 'object' && data !== null && !isBuffer(data);

/** `a=b%20c&d=1`. A value that is undefined goes as the text `undefined`, which servers do receive. */
export function urlEncoded(data) {
  const text = (value) => (typeof value === 'object' && value !== null ? json(value) : String(value));
  return Object.keys(data)
    .map((name) => `${encodeURIComponent(name)}=${encodeURIComponent(text(data[name]))}`)
    .join('&');
}

/** The URL with the data of a GET in its query. A hash is the page's own and never sent. */
export function withQuery(url, data) {
  const [address] = url.split('#');
  const added = typeof data === 'string' ? data : isMap(data) ? urlEncoded(data) : '';
  if (added === '') return address;
  const join = address.includes('?') ? (/[?&]$/.test(address) ? '' : '&') : '?';
  return address + join + added;
}

/** The bytes of a POST, or nothing. */
export function bodyOf(data, contentType) {
  if (data === undefined || data === null) return undefined;
  if (isBuffer(data)) return new Uint8Array(data);
  if (typeof data === 'string') return encode(data);
  if (isMap(data) && FORM.test(contentType)) return encode(urlEncoded(data));
  return encode(json(data));
}

function json(data) {
  try {
    const text = JSON.stringify(data);
    if (text !== undefined) return text;
  } catch {
    // A circle, or a BigInt: told below like whatever else cannot be written.
  }
  throw new Failure('invalid request data', { errno: 600010 });
}

/** What `success` is handed as `data`. JSON is tried once whatever the content type; what is none stays text. */
export function dataOf(body, { dataType = 'json', responseType = 'text' }) {
  if (responseType === 'arraybuffer') return body.buffer;
  const text = decode(body);
  if (dataType !== 'json') return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
