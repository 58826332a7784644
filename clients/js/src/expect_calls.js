// Whether the right calls were made, by what stands in the journal.

/** A journal that does not hold the calls that a test expected. */
export class CallsError extends Error {
  constructor(message) {
    super(message);
    this.name = 'CallsError';
  }
}

const PARTIES = ['wechat', 'idaas'];

/**
 * Counts calls: `{ '/sns/jscode2session': 1, 'wx.login': 1, idaas: 0 }`. A path counts calls below it, a name calls of
 * the phone, a party the HTTP calls that it answered.
 *
 * @throws {CallsError} with all that was called
 */
export function checkCalls(expected, exchanges) {
  const wrong = Object.entries(expected).flatMap(([what, count]) => {
    const found = exchanges.filter((exchange) => matches(exchange, what)).length;
    return found === count ? [] : [`${what}: expected ${count}, found ${found}`];
  });
  if (wrong.length === 0) return;
  const all = exchanges.map(
    ({ from, to, method, target, status }) => `  ${from} → ${to}  ${method} ${target}  ${status}`,
  );
  throw new CallsError([...wrong, all.length === 0 ? 'nothing was called' : 'called were', ...all].join('\n'));
}

function matches({ to, method, target }, what) {
  const isPhone = method === 'CALL';
  if (PARTIES.includes(what)) return !isPhone && to === what;
  if (!what.startsWith('/')) return isPhone && target === what;
  const [path] = target.split('?');
  return !isPhone && (path === what || path.startsWith(what.endsWith('/') ? what : `${what}/`));
}
