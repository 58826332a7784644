// The phone number buttons: a person taps one, the page's handler is called with what WeChat would hand it.

import { deviceOf, isOurs } from './device.js';

const EVENTS = {
  getPhoneNumber: 'getphonenumber',
  getRealtimePhoneNumber: 'getrealtimephonenumber',
};

const OPTIONS = ['wx', 'person', 'phone', 'platform', 'deny', 'cancel', 'fail', 'event', 'handler', 'dataset'];

/** The buttons of a page that runs on this wx; without one, on the global `wx`. */
export function buttonsOf(wx) {
  return {
    /** `<button open-type="getPhoneNumber" bindgetphonenumber="…">`, quick verification. */
    getPhoneNumber: (target, options) => tap('getPhoneNumber', target, { wx, ...options }),
    /** `<button open-type="getRealtimePhoneNumber" bindgetrealtimephonenumber="…">`. */
    getRealtimePhoneNumber: (target, options) => tap('getRealtimePhoneNumber', target, { wx, ...options }),
  };
}

async function tap(openType, target, options) {
  const unknown = Object.keys(options).find((name) => !OPTIONS.includes(name));
  if (unknown !== undefined) {
    throw new TypeError(`button.${openType} has no option \`${unknown}\`\nhint: it has ${OPTIONS.join(', ')}`);
  }
  const call = handlerOf(openType, target, options);
  const { detail, isCalled } = await detailOf(openType, options);
  if (!isCalled) return { detail: undefined, event: undefined, result: undefined };
  const place = { id: '', dataset: options.dataset ?? {}, offsetLeft: 0, offsetTop: 0 };
  const event = { type: EVENTS[openType], timeStamp: 0, target: place, currentTarget: place, detail };
  return { detail, event, result: await call(event) };
}

/** What the event carries, and whether the page is called at all: one that binds the other button's event is not. */
async function detailOf(openType, { wx = globalThis.wx, person, phone, platform, deny, cancel, fail, event }) {
  if (!isOurs(wx)) {
    throw new TypeError(`button.${openType}: the global wx was not made by createWx\nhint: give { wx }`);
  }
  if (typeof fail === 'object' && fail !== null) return { detail: { ...fail }, isCalled: true };
  const device = deviceOf(wx);
  const outcome = fail ?? (deny ? 'deny' : cancel ? 'cancel' : 'agree');
  const body = {
    realtime: openType === 'getRealtimePhoneNumber',
    outcome,
    phone,
    platform: platform ?? device.platform,
    event,
  };
  if (person !== undefined) body.person = person;
  const detail = await device.ask('phone-number', body);
  return { detail, isCalled: detail.errMsg !== undefined };
}

/** How the page's handler is called. */
function handlerOf(openType, target, { handler }) {
  if (typeof target === 'function') return (event) => target(event);
  if (handler !== undefined) {
    // A simulated component keeps its methods in `instance`.
    const owner = [target, target?.instance].find((place) => typeof place?.[handler] === 'function');
    if (owner) return (event) => owner[handler](event);
    throw new TypeError(`button.${openType}: the page has no method \`${handler}\`${listed(target)}`);
  }
  if (typeof target?.dispatchEvent === 'function') {
    return (event) => target.dispatchEvent(event.type, { detail: event.detail });
  }
  throw new TypeError(
    `button.${openType} wants the page's handler\n` +
      'hint: give a function, a page with { handler: "onPhoneNumber" }, or a simulated button with dispatchEvent',
  );
}

function listed(target) {
  const methods = Object.keys(target ?? {}).filter((name) => typeof target[name] === 'function');
  return methods.length === 0 ? '' : `\nhint: it has ${methods.join(', ')}`;
}
