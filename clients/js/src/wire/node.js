// One HTTP call from Node, by node:http: unlike fetch it shows header names as they were sent and lets `referer` be set.

import http from 'node:http';
import https from 'node:https';

// A connection for each call: a server under test that is stopped must not wait for an idle one.
const agents = { 'http:': new http.Agent(), 'https:': new https.Agent() };

/** Chromium's numbers for what Node reports; a device's `errMsg` shows them. */
const NET_ERRORS = {
  ECONNREFUSED: [-102, 'CONNECTION_REFUSED'],
  ECONNRESET: [-101, 'CONNECTION_RESET'],
  EPIPE: [-101, 'CONNECTION_RESET'],
  ENOTFOUND: [-105, 'NAME_NOT_RESOLVED'],
  EAI_AGAIN: [-105, 'NAME_NOT_RESOLVED'],
  ETIMEDOUT: [-118, 'CONNECTION_TIMED_OUT'],
  EHOSTUNREACH: [-109, 'ADDRESS_UNREACHABLE'],
  ENETUNREACH: [-106, 'INTERNET_DISCONNECTED'],
  HPE_INVALID_CONSTANT: [-370, 'INVALID_HTTP_RESPONSE'],
  EPROTO: [-107, 'SSL_PROTOCOL_ERROR'],
  ERR_TLS_CERT_ALTNAME_INVALID: [-200, 'CERT_COMMON_NAME_INVALID'],
  CERT_HAS_EXPIRED: [-201, 'CERT_DATE_INVALID'],
  DEPTH_ZERO_SELF_SIGNED_CERT: [-202, 'CERT_AUTHORITY_INVALID'],
  SELF_SIGNED_CERT_IN_CHAIN: [-202, 'CERT_AUTHORITY_INVALID'],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: [-202, 'CERT_AUTHORITY_INVALID'],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: [-202, 'CERT_AUTHORITY_INVALID'],
};

/**
 * Sends a call. Redirects are not followed.
 *
 * @returns {{ answer: Promise<{ status: number, headers: [string, string][], body: Uint8Array }>, abort: () => void }}
 *   `onHeaders` is told status and headers before the body is there, `onChunk` each part of the body.
 */
export function send({ url, method, headers, body, onHeaders, onChunk }) {
  const target = new URL(url);
  let request;
  const answer = new Promise((resolve, reject) => {
    const refused = (error) => reject(networkError(error));
    const client = target.protocol === 'https:' ? https : http;
    try {
      request = client.request(target, { method, headers, agent: agents[target.protocol] }, (response) => {
        const head = { status: response.statusCode, headers: pairs(response.rawHeaders) };
        onHeaders?.(head);
        const chunks = [];
        response.on('data', (chunk) => {
          chunks.push(chunk);
          onChunk?.(bytes(chunk));
        });
        response.on('error', refused);
        response.on('end', () => resolve({ ...head, body: bytes(Buffer.concat(chunks)) }));
      });
    } catch (error) {
      refused(error);
      return;
    }
    request.on('error', refused);
    if (body !== undefined) request.write(Buffer.from(body));
    request.end();
  });
  return { answer, abort: () => request?.destroy() };
}

function pairs(raw) {
  const pairs = [];
  for (let at = 0; at < raw.length; at += 2) pairs.push([raw[at], raw[at + 1]]);
  return pairs;
}

/** A copy whose type is this realm's: a test runner may give each test file globals of its own. */
function bytes(buffer) {
  const copy = new Uint8Array(buffer.length);
  copy.set(buffer);
  return copy;
}

function networkError(error) {
  const [net, name] = NET_ERRORS[error.code] ?? [-2, 'FAILED'];
  return Object.assign(new Error(error.message || error.code), { code: error.code, net, netName: `net::ERR_${name}` });
}

export const encode = (text) => bytes(Buffer.from(text, 'utf8'));
export const decode = (body) => Buffer.from(body).toString('utf8');
