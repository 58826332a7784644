// The back end without a phone in front: whom it believes.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freshWorld } from '../testing/stage.mjs';
import { openShop } from '../testing/shop.mjs';

const OTHER_CLIENT = 'Qm7ZkT2xWv9sLb4NcY1dRh8uFp3JgA5e';

/** The shop and somebody's id_token. */
async function atTheDoor(t, file, clientId = 'nTo1eRIub60vPb54WeE6aojPwYwImtl4') {
  const world = await freshWorld(t, file);
  const shop = await openShop(t);
  const response = await fetch(`${world.url}/api/v2/sdk/login/wechat-miniprogram`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-client-id': clientId,
      'x-operating-sys-version': 'iOS 17.0',
      'x-device-fingerprint': 'a-phone',
      'x-agent': 'MicroMessenger',
    },
    body: JSON.stringify({ code: await world.loginCode('bob') }),
  });
  const { id_token: idToken } = await response.json();
  const ask = async (authorization) => {
    const answer = await fetch(`${shop.url}/me`, { headers: authorization ? { authorization } : {} });
    return [answer.status, await answer.json()];
  };
  return { ask, idToken };
}

test('an id_token of the tenant is believed', async (t) => {
  const { ask, idToken } = await atTheDoor(t);
  const [status, customer] = await ask(`Bearer ${idToken}`);
  assert.equal(status, 200);
  assert.deepEqual(customer, {
    name: 'Wu Jun',
    userName: 'wu.jun',
    mobile: '+86-13900139000',
    email: '',
    contact: '',
    canPay: false,
  });
});

test('nobody comes in without an id_token', async (t) => {
  const { ask, idToken } = await atTheDoor(t);
  assert.deepEqual(await ask(undefined), [401, { error: 'no_id_token' }]);
  assert.deepEqual(await ask(`Basic ${idToken}`), [401, { error: 'no_id_token' }]);
});

test('an id_token whose claims were changed is refused', async (t) => {
  const { ask, idToken } = await atTheDoor(t);
  const [header, claims, signature] = idToken.split('.');
  const changed = JSON.parse(Buffer.from(claims, 'base64url'));
  changed.api = changed.api.replace('wu.jun', 'li.na');
  const forged = [header, Buffer.from(JSON.stringify(changed)).toString('base64url'), signature].join('.');
  assert.deepEqual(await ask(`Bearer ${forged}`), [401, { error: 'id_token_refused' }]);
});

test('an id_token that names no algorithm of the tenant is refused', async (t) => {
  const { ask, idToken } = await atTheDoor(t);
  const header = Buffer.from('{"kid":"k1","alg":"none"}').toString('base64url');
  const unsigned = `${header}.${idToken.split('.')[1]}.`;
  assert.deepEqual(await ask(`Bearer ${unsigned}`), [401, { error: 'id_token_refused' }]);
});

test('an id_token of another application is refused', async (t) => {
  const idaas = { applications: { desk: { client_id: OTHER_CLIENT, sources: ['wechat'] } } };
  const { ask, idToken } = await atTheDoor(t, { idaas }, OTHER_CLIENT);
  assert.deepEqual(await ask(`Bearer ${idToken}`), [401, { error: 'id_token_refused' }]);
});

test('an id_token of another tenant is refused, though the same key signed it', async (t) => {
  const { ask, idToken } = await atTheDoor(t, { idaas: { issuer: 'https://other.example/api/v1/oauth2' } });
  assert.deepEqual(await ask(`Bearer ${idToken}`), [401, { error: 'id_token_refused' }]);
});
