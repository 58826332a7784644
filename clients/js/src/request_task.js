// The RequestTask that wx.request returns, and what the request itself does with it.

import { apart } from './call.js';

export class Task {
  #listeners = { headersReceived: new Set(), chunkReceived: new Set() };
  #stop = () => {};
  isOver = false;
  abort = () => {};

  handle = {
    abort: () => this.abort(),
    onHeadersReceived: (listener) => void this.#listeners.headersReceived.add(listener),
    offHeadersReceived: (listener) => this.#off('headersReceived', listener),
    onChunkReceived: (listener) => void this.#listeners.chunkReceived.add(listener),
    offChunkReceived: (listener) => this.#off('chunkReceived', listener),
  };

  #off(event, listener) {
    if (listener === undefined) this.#listeners[event].clear();
    else this.#listeners[event].delete(listener);
  }

  listens(event) {
    return this.#listeners[event].size > 0;
  }

  fire(event, detail) {
    if (this.isOver) return;
    for (const listener of this.#listeners[event]) if (typeof listener === 'function') apart(() => listener(detail));
  }

  /** Says how to end what is on the wire. */
  onStop(stop) {
    this.#stop = stop;
  }

  stop() {
    this.#stop();
  }
}
