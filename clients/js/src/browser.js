// The script that a lab serves at /__admin/wx.js, for the pages of an H5 build. It sets `window.wx`, and beside it
// `window.mockwx` with the phone, its buttons and the lab. Where the lab is, it knows from its own address, the rest
// from its query: <script src="http://127.0.0.1:17080/__admin/wx.js?appid=wx0123456789abcdef&person=alice"></script>

import { BrowserStorage } from './browser_storage.js';
import { buttonsOf, createLab, createWx, deviceOf } from './index.js';

const KNOWN = ['appid', 'person', 'world', 'tenant', 'platform', 'envVersion', 'adminToken'];

function start(address) {
  const { origin, pathname, searchParams } = new URL(address);
  const unknown = [...searchParams.keys()].find((name) => !KNOWN.includes(name));
  if (unknown !== undefined) throw new TypeError(`wx.js takes no \`${unknown}\`\nhint: it takes ${KNOWN.join(', ')}`);
  const url = origin + (/^\/__world\/[^/]+/.exec(pathname)?.[0] ?? '');
  const given = Object.fromEntries(searchParams);
  const storage = new BrowserStorage(`mockwx:${given.appid ?? ''}:${given.person ?? ''}:`, window.localStorage);
  // The tenant's domain cannot be asked for: pages of other origins may use the phone only, not the control API. Which
  // servers a page reaches is the browser's business.
  const wx = createWx({ tenant: null, passthrough: true, ...given, url, storage });
  const { world, adminToken } = given;
  return { wx, device: deviceOf(wx), button: buttonsOf(wx), lab: createLab({ url, world, adminToken }) };
}

window.mockwx = start(document.currentScript.src);
window.wx = window.mockwx.wx;
