// A wx object for tests, and what stands beside it.

import { buttonsOf } from './button.js';

export { createWx } from './wx.js';
export { deviceOf } from './device.js';
export { buttonsOf } from './button.js';
export { createLab } from './lab.js';
export { LabError } from './control.js';
export { CallsError } from './expect_calls.js';

/** The buttons of pages that run on the global `wx`, or on the one that their options name. */
export const button = buttonsOf(undefined);
