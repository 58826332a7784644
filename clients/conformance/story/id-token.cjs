// What a back end does with the id_tokens of IDaaS, told once for every library in Node: it knows the issuer, the audience
// and the algorithm, finds the keys by itself, and refuses all that is wrong.
//
// A library comes as `verifier({ issuer, audience }) -> (token) => claims`, which throws, and as the `code`, and
// the `claim` if there is one, of the error that it throws for each of `FORGED`.
'use strict';

const assert = require('node:assert/strict');
const { check } = require('./checks.cjs');
const world = require('./world.cjs');

const LOGIN = '/api/v2/sdk/login/wechat-miniprogram';
const FORGED = {
  bad_signature: 'whose signature does not fit',
  unknown_kid: 'of an unknown key',
  wrong_issuer: 'of another issuer',
  wrong_audience: 'for another audience',
  expired: 'past its life',
  not_yet_valid: 'not valid yet',
};

/** Where IDaaS is: at the world's URL, or where its customers have it. */
async function idaas(way) {
  const { application, domain } = await world.declared();
  const base = way === 'base-url' ? process.env.IDAAS_BASE_URL : `https://${domain}`;
  return { base, issuer: `${base}/api/v1/oauth2`, application };
}

/** Logs bob in, as his Mini Program would, and takes the id_token. */
async function logIn({ base, application }) {
  const answer = await fetch(base + LOGIN, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'X-client-id': application.client_id,
      'X-operating-sys-version': 'iOS 18',
      'X-device-fingerprint': 'conformance',
      'X-agent': 'conformance',
    },
    body: JSON.stringify({ code: await world.loginCode() }),
  });
  const result = await answer.json();
  assert.equal(result.status, 'SUCCESS', JSON.stringify(result));
  return result.id_token;
}

const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** The same token for somebody else, its signature kept. */
function tampered(token) {
  const [header, claims, signature] = token.split('.');
  return [header, part({ ...JSON.parse(Buffer.from(claims, 'base64url')), sub: 'somebody-else' }), signature].join('.');
}

/** The same claims without a signature, and saying so. */
function unsigned(token) {
  return `${part({ alg: 'none', typ: 'JWT' })}.${token.split('.')[1]}.`;
}

async function refused(verify, token, code) {
  try {
    await verify(token);
  } catch (error) {
    assert.equal([error.code, error.claim].filter(Boolean).join(' '), code, error.message);
    return code;
  }
  return assert.fail('taken');
}

async function idTokens(way, { verifier, codes }) {
  const tenant = await idaas(way);
  const fresh = () => verifier({ issuer: tenant.issuer, audience: tenant.application.client_id });

  await check('an id_token is verified with keys found from its issuer', async () => {
    const claims = await fresh()(await logIn(tenant));
    assert.equal(claims.exp - claims.iat, 7200);
    assert.equal(typeof claims.sub, 'string');
    assert.equal(typeof claims.api, 'string', 'the user is JSON in a text');
    assert.deepEqual(
      Object.entries(JSON.parse(claims.api)).filter(([name]) => name !== 'id'),
      Object.entries({ name: 'Wu Jun', mobile: '+86-13900139000', userName: 'wu.jun' }),
    );
  });
  await check('a tampered id_token is refused', async () =>
    refused(fresh(), tampered(await logIn(tenant)), codes.bad_signature),
  );
  await check('an unsigned id_token is refused', async () =>
    refused(fresh(), unsigned(await logIn(tenant)), codes.unsigned),
  );
  for (const [fault, words] of Object.entries(FORGED)) {
    await check(`an id_token ${words} is refused`, async () => {
      await world.nextCall(LOGIN, { id_token: fault });
      const verify = fresh();
      await refused(verify, await logIn(tenant), codes[fault]);
      await verify(await logIn(tenant));
      return codes[fault];
    });
  }
  await check('while a key is rotated, tokens of both keys are verified', async () => {
    const former = await logIn(tenant);
    await world.control('POST', 'faults', { preset: 'key_rotation' });
    const verify = fresh();
    await verify(await logIn(tenant));
    await verify(former);
    await world.control('DELETE', 'faults');
  });
  await check('an id_token of a world that is three hours behind is past its life', async () => {
    await world.control('PUT', 'clock', { set: new Date(Date.now() - 3 * 3_600_000).toISOString() });
    return refused(fresh(), await logIn(tenant), codes.expired);
  });
}

module.exports = { idTokens, idaas, logIn };
