// Where a lab is, and where a request of the app really goes.

/** Names of WeChat that a lab answers for. */
export const WECHAT_HOSTS = [
  'api.weixin.qq.com',
  'api2.weixin.qq.com',
  'sh.api.weixin.qq.com',
  'sz.api.weixin.qq.com',
  'hk.api.weixin.qq.com',
];

const WORLD_NAME = /^[a-z0-9-]{1,63}$/;

/**
 * The address of a lab, or of one world of it.
 *
 * @param {{ url?: string, world?: string }} where `url` may end in `/__world/NAME`
 * @returns {{ origin: string, world: string | undefined, base: string }}
 */
export function labAddress({ url, world }) {
  if (typeof url !== 'string' || url === '') {
    throw new TypeError('url is missing\nhint: give the address of a running mockwx, such as http://127.0.0.1:17080');
  }
  const parsed = parse(url);
  if (!parsed || !/^https?:$/.test(parsed.protocol)) {
    throw new TypeError(`url: \`${url}\` is not an address\nhint: write it as http://127.0.0.1:17080`);
  }
  const path = parsed.pathname.replace(/\/+$/, '');
  const inPath = /^\/__world\/([^/]+)$/.exec(path)?.[1];
  if (path !== '' && inPath === undefined) {
    throw new TypeError(`url: \`${url}\` has a path that is no world\nhint: end it in /__world/NAME, or nothing`);
  }
  if (inPath !== undefined && world !== undefined && inPath !== world) {
    throw new TypeError(`url names the world \`${inPath}\`, world names \`${world}\`\nhint: name one of them`);
  }
  const name = world ?? inPath;
  if (name !== undefined && !WORLD_NAME.test(name)) {
    throw new TypeError(`world: \`${name}\` is not a name\nhint: a name has 1 to 63 characters out of a-z, 0-9 and -`);
  }
  return {
    origin: parsed.origin,
    world: name,
    base: name === undefined ? parsed.origin : inWorld(parsed.origin, name),
  };
}

const inWorld = (origin, name) => `${origin}/__world/${name}`;

/** A URL, or nothing when the text is none. */
export function parse(text, base) {
  try {
    return new URL(text, base);
  } catch {
    return undefined;
  }
}

/**
 * Reads `hosts`: the app's own addresses, each with the one that stands in for it.
 *
 * @param {Record<string, string>} hosts
 * @returns {Map<string, string>} origin → base, without a slash at its end
 */
export function readHosts(hosts = {}) {
  const places = new Map();
  for (const [name, target] of Object.entries(hosts)) {
    const from = parse(name.includes('://') ? name : `https://${name}`);
    if (!from || from.pathname !== '/' || from.search) {
      throw new TypeError(`hosts: \`${name}\` is not an origin\nhint: write it as https://api.shop.example`);
    }
    const to = typeof target === 'string' ? parse(target) : undefined;
    if (!to || !/^https?:$/.test(to.protocol)) {
      throw new TypeError(`hosts: \`${target}\` is not an address\nhint: write it as http://127.0.0.1:3000`);
    }
    places.set(from.origin, to.origin + to.pathname.replace(/\/+$/, ''));
  }
  return places;
}

const isThisMachine = (name) => /^(localhost|.*\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(name);

/** The addresses that a request may be sent to instead of those that the app wrote. */
export class Places {
  #lab;
  #hosts;
  #tenant;
  #passthrough;

  /**
   * @param {ReturnType<typeof labAddress>} lab
   * @param {Map<string, string>} hosts
   * @param {() => Promise<string | undefined>} tenant tells the tenant's domain
   * @param {boolean} passthrough whether other servers than those of this machine are reached as well
   */
  constructor(lab, hosts, tenant, passthrough) {
    this.#lab = lab;
    this.#hosts = hosts;
    this.#tenant = tenant;
    this.#passthrough = passthrough;
  }

  /** Where a request to `url` goes: its address, and whether the lab answers there. */
  async of(url) {
    const rest = url.pathname + url.search;
    const mapped = this.#hosts.get(url.origin);
    if (mapped !== undefined) return this.#known(mapped + rest);
    if (WECHAT_HOSTS.includes(url.hostname)) return { url: this.#lab.base + rest, isLab: true };
    if (url.origin === this.#lab.origin) return this.#known(url.href);
    if (url.protocol === 'https:' && url.hostname === (await this.#tenant())) {
      return { url: this.#lab.base + rest, isLab: true };
    }
    if (!this.#passthrough && !isThisMachine(url.hostname)) {
      throw new Error(
        `nothing stands in for ${url.origin}, and a test must not reach it\n` +
          `hint: name what does, hosts: { '${url.origin}': 'http://127.0.0.1:3000' }, or set passthrough: true`,
      );
    }
    return { url: url.href, isLab: false };
  }

  /** An address that may be the lab's own: there the world is named, unless it is already. */
  #known(address) {
    const { origin, base } = this.#lab;
    const isLab = address === origin || address.startsWith(`${origin}/`);
    const rest = address.slice(origin.length);
    return { url: isLab && !rest.startsWith('/__world/') ? base + rest : address, isLab };
  }
}
