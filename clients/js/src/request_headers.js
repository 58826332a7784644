// The headers that wx.request sends, and how it shows those that it gets.

/** An iPhone's; servers look for MicroMessenger in it. */
export const USER_AGENT =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) ' +
  'Mobile/15E148 MicroMessenger/8.0.49(0x18003130) NetType/WIFI Language/zh_CN';

/**
 * The headers of a request, by lower-case name: `referer` is WeChat's and cannot be set, `content-type` is JSON unless
 * the app says otherwise.
 *
 * @returns {Map<string, [string, string]>} lower-case name → name as it is sent, value
 */
export function headersOf(given, { referer, userAgent = USER_AGENT }) {
  const headers = new Map([
    ['content-type', ['content-type', 'application/json']],
    ['user-agent', ['user-agent', userAgent]],
  ]);
  for (const [name, value] of Object.entries(given ?? {})) {
    if (value !== undefined && value !== null) headers.set(name.toLowerCase(), [name, String(value)]);
  }
  if (referer) headers.set('referer', ['referer', referer]);
  else headers.delete('referer');
  headers.delete('content-length');
  return headers;
}

const SPELLINGS = {
  'as-sent': (name) => name,
  lower: (name) => name.toLowerCase(),
  canonical: (name) => name.replace(/[^-]+/g, (word) => word[0].toUpperCase() + word.slice(1).toLowerCase()),
};

/** How `header` may spell its names: phones differ, and an app must not care. */
export function checkHeaderCase(headerCase = 'as-sent') {
  if (!Object.hasOwn(SPELLINGS, headerCase)) {
    const known = Object.keys(SPELLINGS).join(', ');
    throw new TypeError(`headerCase: \`${headerCase}\` is not known\nhint: use one of ${known}`);
  }
  return headerCase;
}

/** The answer's headers as the app sees them: repeated ones joined, `cookies` apart as well. */
export function headersSeen(pairs, headerCase = 'as-sent') {
  const header = {};
  const cookies = [];
  for (const [name, value] of pairs) {
    const spelled = SPELLINGS[headerCase](name);
    if (name.toLowerCase() === 'set-cookie') cookies.push(value);
    header[spelled] = Object.hasOwn(header, spelled) ? `${header[spelled]},${value}` : value;
  }
  return { header, cookies };
}
