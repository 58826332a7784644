// Puts a wx object together.

import { labAddress, Places, readHosts } from './address.js';
import { app } from './app.js';
import { Control } from './control.js';
import { belongs, Device } from './device.js';
import { readDomains } from './domains.js';
import { accountInfo, login } from './login.js';
import { notHere } from './not_here.js';
import { requests } from './request.js';
import { checkHeaderCase } from './request_headers.js';
import { screen } from './screen.js';
import { storage } from './storage.js';
import { system } from './system.js';

const OPTIONS = [
  'url',
  'world',
  'appid',
  'person',
  'adminToken',
  'hosts',
  'tenant',
  'passthrough',
  'domains',
  'storage',
  'headerCase',
  'timeout',
  'userAgent',
  'envVersion',
  'version',
  'platform',
  'sdkVersion',
  'launch',
];

/** Makes a wx object whose phone is in a lab. What each option means stands in `types/index.d.ts`. */
export function createWx(options = {}) {
  const unknown = Object.keys(options).find((name) => !OPTIONS.includes(name));
  if (unknown !== undefined) {
    throw new TypeError(`createWx has no option \`${unknown}\`\nhint: it has ${OPTIONS.join(', ')}`);
  }
  const lab = labAddress(options);
  const control = new Control({ base: lab.base, adminToken: options.adminToken });
  const { appid, person, platform, storage: store = new Map() } = options;
  const device = new Device(control, { appid, person, platform, storage: store });
  const places = new Places(lab, readHosts(options.hosts), tenant(options, control), Boolean(options.passthrough));
  const wx = {};
  Object.assign(
    wx,
    login(device),
    accountInfo(options),
    requests(device, places, {
      domains: readDomains(options.domains),
      headerCase: checkHeaderCase(options.headerCase),
      timeout: options.timeout,
      userAgent: options.userAgent,
      referer: referer(options),
    }),
    storage(store),
    system(options),
    screen(device),
    app(device, wx, options),
    notHere(),
  );
  belongs(wx, device);
  return wx;
}

/** Develop and trial versions say 0, DevTools says its name. */
function referer({ appid, platform, envVersion, version = '1.0.0' }) {
  if (appid === undefined) return undefined;
  const said = platform === 'devtools' ? 'devtools' : envVersion === 'release' ? version : '0';
  return `https://servicewechat.com/${appid}/${said}/page-frame.html`;
}

/** Tells the domain of the IDaaS tenant: as it was given, else as the world says when it is first needed. */
function tenant({ tenant: given }, control) {
  if (given !== undefined) return async () => given ?? undefined;
  let asked;
  return () => {
    asked ??= control.call('GET', 'world').then((world) => world.idaas?.domain);
    return asked;
  };
}
