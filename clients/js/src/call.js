// How every asynchronous function of wx answers: by callbacks when any is given, else by a promise.

/** A failure as WeChat words it: `errMsg` becomes `NAME:fail MESSAGE`. */
export class Failure extends Error {
  /**
   * @param {string} message what follows `NAME:fail `
   * @param {object} [detail] what else the callback is handed, `errno` for one
   */
  constructor(message, detail = {}) {
    super(message);
    this.detail = detail;
  }
}

/** WeChat's number of an internal error. */
const INTERNAL_ERROR = 4;

/** What `fail` is handed. Whatever is not a `Failure` is our own trouble, and says so. */
export function failed(name, error) {
  if (error instanceof Failure) return { errMsg: `${name}:fail ${error.message}`, ...error.detail };
  return { errMsg: `${name}:fail mockwx: ${error?.message ?? error}`, errno: INTERNAL_ERROR };
}

/** Makes a function of wx out of `work`, which gives the success object without its `errMsg`, or throws. */
export function asynchronous(name, work) {
  return (options = {}) => {
    const outcome = settled(name, work, options ?? {});
    if (!hasCallback(options)) {
      return outcome.then(({ ok, value }) => {
        if (ok) return value;
        throw value;
      });
    }
    outcome.then(({ ok, value }) => deliver(options, ok, value));
    return undefined;
  };
}

async function settled(name, work, options) {
  try {
    return { ok: true, value: { errMsg: `${name}:ok`, ...(await work(options)) } };
  } catch (error) {
    return { ok: false, value: failed(name, error) };
  }
}

function hasCallback(options) {
  return ['success', 'fail', 'complete'].some((name) => typeof options?.[name] === 'function');
}

/** Calls `success` or `fail`, then `complete`. What a callback throws reaches nobody who waits for another one. */
export function deliver(options, ok, value) {
  for (const callback of [ok ? options.success : options.fail, options.complete]) {
    if (typeof callback === 'function') apart(() => callback(value));
  }
}

/** Runs `work`; what it throws surfaces as an uncaught error, as it does in a Mini Program. */
export function apart(work) {
  try {
    work();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
