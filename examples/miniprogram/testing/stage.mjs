// What stands around a phone in a test: a world of its own in the lab that `mockwx exec` started, and the shop's back end.

import { createLab } from '@mockwx/wx';
import { Phone } from './phone.mjs';
import { openShop } from './shop.mjs';

export const DOMAIN = 'acme.example';

const lab = createLab({ url: process.env.MOCKWX_URL });

/** A world whose tenant issues tokens in the name of its domain, at whatever address the test reaches it. */
export async function freshWorld(t, { like = 'ready', idaas = {}, ...more } = {}) {
  const issuer = `https://${DOMAIN}/api/v1/oauth2`;
  const world = await lab.createWorld({ world: { like, idaas: { issuer, ...idaas }, ...more } });
  t.after(() => world.delete());
  return world;
}

/**
 * A phone with the Mini Program on it, and the shop that it talks to. `world` is a world file: `like: 'bind'` is a tenant that
 * takes existing accounts only, `ready` one that makes new ones.
 */
export async function stage(t, { person = 'alice', envVersion = 'release', world: file } = {}) {
  const world = await freshWorld(t, file);
  const shop = await openShop(t);
  const hosts = {
    'https://shop.acme.example': shop.url,
    // Where the develop version looks.
    'http://127.0.0.1:3000': shop.url,
    'http://127.0.0.1:17080': world.url,
  };
  const phone = new Phone(await world.wx({ person, envVersion, hosts }));
  t.after(() => phone.close());
  return { phone, world, shop };
}
