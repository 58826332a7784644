// The list of server domains that an administrator registers, which a phone holds wx.request to.

import { WECHAT_HOSTS } from './address.js';
import { Failure } from './call.js';

/** Reads `domains`; nothing when nobody gave a list, as in DevTools with the check switched off. */
export function readDomains(domains) {
  if (domains === undefined) return undefined;
  return domains.map((domain) => {
    const authority = /^(?:https:\/\/)?([^/?#]+)\/?$/i.exec(domain)?.[1].toLowerCase();
    const host = authority?.replace(/:\d+$/, '');
    const why = !authority
      ? 'is not https'
      : WECHAT_HOSTS.includes(host)
        ? 'is for servers, and no Mini Program may call it'
        : host === 'localhost' || /^[\d.]+$|^\[/.test(host)
          ? 'is no domain name'
          : undefined;
    if (why) throw new TypeError(`domains: \`${domain}\` ${why}\nhint: name servers as https://api.shop.example`);
    return authority;
  });
}

/**
 * Refuses an address that is not registered. Ports must be the same to the letter: with none registered, even `:443`
 * is another address.
 */
export function checkDomain(url, domains) {
  if (domains === undefined) return;
  const authority = /^https:\/\/([^/?#]+)/i.exec(url)?.[1].toLowerCase();
  if (authority === undefined || !domains.includes(authority)) {
    throw new Failure('url not in domain list', { errno: 600002 });
  }
}
