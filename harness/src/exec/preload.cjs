'use strict';
// Node loads this file before a program that runs under `mockwx exec`, in its worker threads and in its children too:
// NODE_OPTIONS says so. Node's own fetch, https and got heed no proxy variable, so TLS connections to the names that
// mockwx answers are led to it here. Names, certificates and ALPN stay as the program wants them; a connection to any
// other name is not touched.

const { readFileSync } = require('node:fs');
const { syncBuiltinESMExports } = require('node:module');
const net = require('node:net');
const { join } = require('node:path');
const { Duplex } = require('node:stream');
const tls = require('node:tls');

const lab = JSON.parse(readFileSync(join(__dirname, 'preload.json'), 'utf8'));
const names = new Set(lab.names);
const connect = tls.connect;

/** The arguments of tls.connect, (options), (port, host, options) or (path, options), as one object of options. */
function optionsOf(args) {
  const options = {};
  const [first, second] = args;
  if (typeof first === 'number' || (typeof first === 'string' && /^\d+$/.test(first))) {
    options.port = Number(first);
    if (typeof second === 'string') options.host = second;
  } else if (typeof first === 'string') {
    options.path = first;
  }
  return Object.assign(options, args.find((arg) => typeof arg === 'object' && arg !== null));
}

/** The name that mockwx answers in place of its owner, if the connection is to one. */
function interceptedName({ host, path, socket }) {
  if (typeof host !== 'string' || path || socket) return undefined;
  const name = host.toLowerCase().replace(/\.$/, '');
  return names.has(name) ? name : undefined;
}

/** A way through mockwx's proxy, whose user is the world: nothing inside TLS could tell which one is meant. */
class Tunnel extends Duplex {
  #socket;
  #opened = false;
  #heard = Buffer.alloc(0);
  #waiting = [];

  constructor(name, port) {
    super({ allowHalfOpen: false });
    const user = Buffer.from(`${lab.world}:`).toString('base64');
    this.#socket = net.connect({ host: lab.host, port: lab.port, noDelay: true });
    this.#socket.write(
      `CONNECT ${name}:${port} HTTP/1.1\r\nHost: ${name}:${port}\r\nProxy-Authorization: Basic ${user}\r\n\r\n`,
    );
    this.#socket.on('data', (bytes) => this.#hear(bytes));
    this.#socket.on('end', () => this.push(null));
    this.#socket.on('error', (error) => this.destroy(error));
    this.#socket.on('close', () => this.destroy());
  }

  #hear(bytes) {
    if (this.#opened) return this.#pass(bytes);
    this.#heard = Buffer.concat([this.#heard, bytes]);
    const end = this.#heard.indexOf('\r\n\r\n');
    if (end < 0) return undefined;
    const [status] = this.#heard.toString('latin1', 0, end).split('\r\n');
    if (!/^HTTP\/1\.\d 2/.test(status)) {
      return this.destroy(new Error(`mockwx: the proxy of the world ${lab.world} answered ${status}`));
    }
    this.#opened = true;
    for (const go of this.#waiting.splice(0)) go();
    const rest = this.#heard.subarray(end + 4);
    return rest.length > 0 ? this.#pass(rest) : undefined;
  }

  /** Whether the program stays alive for it. */
  ref() {
    this.#socket.ref();
  }

  unref() {
    this.#socket.unref();
  }

  #pass(bytes) {
    if (!this.push(bytes)) this.#socket.pause();
  }

  #whenOpened(go) {
    if (this.#opened) go();
    else this.#waiting.push(go);
  }

  _read() {
    this.#socket.resume();
  }

  _write(bytes, encoding, done) {
    this.#whenOpened(() => this.#socket.write(bytes, encoding, done));
  }

  _final(done) {
    this.#whenOpened(() => this.#socket.end(done));
  }

  _destroy(error, done) {
    this.#socket.destroy();
    done(error);
  }
}

tls.connect = function (...args) {
  const options = optionsOf(args);
  const name = interceptedName(options);
  if (name === undefined) return connect.apply(this, args);
  const tunnel = lab.world ? new Tunnel(name, options.port ?? 443) : undefined;
  const there = tunnel ? { host: name, socket: tunnel } : { host: lab.host, port: lab.port, localAddress: undefined };
  const called = args.filter((arg) => typeof arg === 'function');
  const socket = connect.call(this, { ...options, ...there, servername: options.servername || name }, ...called);
  return tunnel ? heldBy(socket, tunnel) : socket;
};

/** An idle connection that a pool keeps does not keep the program: TLS does not tell what is below it. */
function heldBy(socket, tunnel) {
  for (const what of ['ref', 'unref']) {
    const own = socket[what];
    socket[what] = function () {
      tunnel[what]();
      return own.call(this);
    };
  }
  return socket;
}

// `import { connect } from 'node:tls'` sees it, too.
syncBuiltinESMExports();
