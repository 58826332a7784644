// One HTTP call from a browser, by fetch. A page may not set `referer` or read Set-Cookie, and sees header names in
// lower case, and the browser follows redirects before anybody is asked; the rest is as in node.js.

/** Headers that a page may not set; fetch would drop them, or refuse. */
const FORBIDDEN = new Set(['referer', 'user-agent', 'content-length', 'cookie', 'host', 'connection']);

export function send({ url, method, headers, body, onHeaders, onChunk }) {
  const controller = new AbortController();
  const answer = (async () => {
    try {
      const sent = Object.entries(headers).filter(([name]) => !FORBIDDEN.has(name.toLowerCase()));
      const response = await fetch(url, { method, headers: sent, body, redirect: 'follow', signal: controller.signal });
      const head = { status: response.status, headers: [...response.headers] };
      onHeaders?.(head);
      return { ...head, body: await read(response, onChunk) };
    } catch (error) {
      throw Object.assign(new Error(error.message), { net: -2, netName: 'net::ERR_FAILED' });
    }
  })();
  return { answer, abort: () => controller.abort() };
}

async function read(response, onChunk) {
  if (!onChunk || !response.body) return new Uint8Array(await response.arrayBuffer());
  const chunks = [];
  const reader = response.body.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    chunks.push(next.value);
    onChunk(next.value.slice());
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}

export const encode = (text) => new TextEncoder().encode(text);
export const decode = (body) => new TextDecoder().decode(body);
