// Functions that request libraries look for before they do anything, and that a login needs no answer from. They are
// there, and fail with a sentence that says why.

import { asynchronous, Failure } from './call.js';

function failing(name) {
  return asynchronous(name, () => {
    throw new Failure(`mockwx does not simulate wx.${name}`);
  });
}

const nothing = () => {};
const TRANSFER = ['abort', 'onProgressUpdate', 'offProgressUpdate', 'onHeadersReceived', 'offHeadersReceived'];
const SOCKET = ['onOpen', 'onClose', 'onError', 'onMessage', 'send', 'close'];

const TASKS = { uploadFile: TRANSFER, downloadFile: TRANSFER, connectSocket: SOCKET };

export function notHere() {
  const functions = {};
  for (const [name, methods] of Object.entries(TASKS)) {
    const fail = failing(name);
    functions[name] = (options) => {
      // A task is what these give whether or not there are callbacks, so nobody could take a promise's rejection.
      fail({ complete: nothing, ...options });
      return Object.fromEntries(methods.map((method) => [method, nothing]));
    };
  }
  return functions;
}
