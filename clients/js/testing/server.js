// A server of the tests' own, which tells what reached the wire.

import { createServer } from 'node:http';

/** Answers by path; other paths tell what they were sent. */
const ROUTES = {
  '/slow': (response) => void setTimeout(() => response.end('{}'), 60_000).unref(),
  '/text': (response) => response.setHeader('content-type', 'application/json').end('hello'),
  '/cookies': (response) => response.writeHead(200, { 'Set-Cookie': ['a=1', 'b=2'], 'X-Trace-ID': 'abc' }).end('{}'),
  '/moved': (response) => response.writeHead(302, { Location: '/arrived?by=302' }).end(),
  '/kept': (response) => response.writeHead(307, { Location: '/arrived' }).end(),
  '/round': (response) => response.writeHead(302, { Location: '/round' }).end(),
  '/chunks': (response) => {
    response.write('one');
    setImmediate(() => response.end('two'));
  },
};

/** @returns {{ url: string, seen: () => number }} */
export function serverForTests({ before, after }) {
  const open = new Set();
  let count = 0;
  const server = createServer((request, response) => {
    count += 1;
    const { pathname } = new URL(request.url, 'http://server');
    const status = Number(/^\/status\/(\d+)$/.exec(pathname)?.[1] ?? 200);
    if (ROUTES[pathname]) return ROUTES[pathname](response);
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const { method, url, headers } = request;
      response.writeHead(status, { 'Content-Type': 'text/plain' });
      response.end(JSON.stringify({ method, url, headers, body: Buffer.concat(chunks).toString() }));
    });
    return undefined;
  });
  server.on('connection', (socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
  });
  const told = { url: '', seen: () => count };
  before(async () => {
    await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
    told.url = `http://127.0.0.1:${server.address().port}`;
  });
  after(() => {
    open.forEach((socket) => socket.destroy());
    server.close();
  });
  return told;
}
