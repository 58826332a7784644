import type { Buttons, Device, Lab, Wx } from './index.js';

/** Built from `MOCKWX_URL` and `WX_APPID`, and if they are set `MOCKWX_PERSON` and `MOCKWX_WORLD`. */
export const wx: Wx;
export const device: Device;
export const button: Buttons;
export const lab: Lab;
