// A test in CommonJS.

import { createWx } from '@mockwx/wx';

export const wx = createWx({ url: 'http://127.0.0.1:17080', appid: 'wx0123456789abcdef' });
