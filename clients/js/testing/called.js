// What a function of wx calls back with.

/** The callbacks in their order, each with what it was handed. */
export function called(work, options = {}) {
  return new Promise((resolve) => {
    const calls = [];
    const note = (name) => (value) => void calls.push([name, value]);
    const complete = (value) => {
      note('complete')(value);
      resolve(calls);
    };
    work({ ...options, success: note('success'), fail: note('fail'), complete });
  });
}

/** What `wx.request` hands `success` or `fail`. */
export const requested = (wx, options) => new Promise((complete) => wx.request({ ...options, complete }));
