// openid-client: discovery, the browser flow with S256, and every id_token verified with the keys of the issuer.
import assert from 'node:assert/strict';
import * as client from 'openid-client';
import checks from '../story/checks.cjs';
import story from '../story/id-token.cjs';
import world from '../story/world.cjs';

const { check, conform } = checks;
const CALLBACK = 'https://shop.example/callback';
const TOKEN = '/api/v1/oauth2/token';

async function discovered({ issuer, application }) {
  return client.discovery(
    new URL(issuer),
    application.client_id,
    { id_token_signed_response_alg: 'RS256' },
    client.ClientSecretBasic(application.client_secret),
    {
      execute: [
        // By the specification a token from the token endpoint need not be verified by its signature; this one is.
        client.enableNonRepudiationChecks,
        ...(issuer.startsWith('http:') ? [client.allowInsecureRequests] : []),
      ],
    },
  );
}

/** Sends a browser to the tenant and takes the address that it is sent back to. */
async function browse(config, verifier) {
  const state = client.randomState();
  const away = client.buildAuthorizationUrl(config, {
    redirect_uri: CALLBACK,
    scope: 'get_user_info',
    login_hint: 'wu.jun',
    state,
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  });
  const answer = await fetch(away, { redirect: 'manual' });
  assert.equal(answer.status, 302, await answer.text());
  return { back: new URL(answer.headers.get('location')), rules: { expectedState: state, idTokenExpected: true } };
}

async function logIn(config) {
  const pkceCodeVerifier = client.randomPKCECodeVerifier();
  const { back, rules } = await browse(config, pkceCodeVerifier);
  return client.authorizationCodeGrant(config, back, { ...rules, pkceCodeVerifier });
}

/** Why it was refused: the tenant's status and error, or the library's code with the claim or the words at the bottom of it. */
async function refused(work) {
  try {
    await work();
  } catch (error) {
    if (error.error) return `${error.status} ${error.error}`;
    let bottom = error;
    while (bottom.cause instanceof Error) bottom = bottom.cause;
    return `${error.code} ${bottom.cause?.claim ?? bottom.message}`;
  }
  return assert.fail('taken');
}

const CLAIM = 'OAUTH_JWT_CLAIM_COMPARISON_FAILED';
const TIME = 'OAUTH_JWT_TIMESTAMP_CHECK_FAILED';
const FORGED = {
  bad_signature: ['whose signature does not fit', 'OAUTH_INVALID_RESPONSE JWT signature verification failed'],
  unknown_kid: [
    'of an unknown key',
    'OAUTH_KEY_SELECTION_FAILED error when selecting a JWT verification key, no applicable keys found',
  ],
  wrong_issuer: ['of another issuer', `${CLAIM} iss`],
  wrong_audience: ['for another audience', `${CLAIM} aud`],
  expired: ['past its life', `${TIME} exp`],
  not_yet_valid: ['not valid yet', `${TIME} nbf`],
};

conform(async () => {
  const tenant = await story.idaas(process.argv[2]);
  const fresh = () => discovered(tenant);

  await check('the issuer is discovered', async () => {
    const metadata = (await fresh()).serverMetadata();
    assert.equal(metadata.issuer, tenant.issuer);
    assert.equal(metadata.jwks_uri, `${tenant.issuer}/keys`);
    assert.ok(metadata.supportsPKCE());
  });
  await check('the browser flow with S256 ends in a verified id_token', async () => {
    const tokens = await logIn(await fresh());
    assert.deepEqual([tokens.token_type, tokens.expires_in, tokens.scope], ['bearer', 7200, 'get_user_info']);
    const { userName, name } = tokens.claims();
    assert.deepEqual([userName, name], ['wu.jun', 'Wu Jun']);
  });
  await check('an authorization code is good once', async () => {
    const config = await fresh();
    const pkceCodeVerifier = client.randomPKCECodeVerifier();
    const { back, rules } = await browse(config, pkceCodeVerifier);
    await client.authorizationCodeGrant(config, back, { ...rules, pkceCodeVerifier });
    const again = () => client.authorizationCodeGrant(config, back, { ...rules, pkceCodeVerifier });
    assert.equal(await refused(again), '400 invalid_grant');
  });
  await check('an authorization code takes its own code_verifier', async () => {
    const config = await fresh();
    const { back, rules } = await browse(config, client.randomPKCECodeVerifier());
    const pkceCodeVerifier = client.randomPKCECodeVerifier();
    const other = () => client.authorizationCodeGrant(config, back, { ...rules, pkceCodeVerifier });
    assert.equal(await refused(other), '400 invalid_grant');
  });
  await check('userinfo tells the user, a refresh_token brings the next id_token', async () => {
    const config = await fresh();
    const tokens = await logIn(config);
    // Not by fetchUserInfo: that wants a `sub`, which the vendor's answer does not have.
    const userinfo = new URL(config.serverMetadata().userinfo_endpoint);
    const user = await (await client.fetchProtectedResource(config, tokens.access_token, userinfo, 'GET')).json();
    assert.deepEqual([user.userName, user.name, user.mobile], ['wu.jun', 'Wu Jun', '+86-13900139000']);
    const next = await client.refreshTokenGrant(config, tokens.refresh_token);
    assert.notEqual(next.access_token, tokens.access_token);
    assert.equal(next.claims().userName, 'wu.jun');
  });
  await check('introspection tells a good token from a made-up one', async () => {
    const config = await fresh();
    const tokens = await logIn(config);
    assert.equal((await client.tokenIntrospection(config, tokens.access_token)).active, true);
    assert.equal((await client.tokenIntrospection(config, 'made-up')).active, false);
  });
  for (const [fault, [words, reason]] of Object.entries(FORGED)) {
    await check(`an id_token ${words} is refused`, async () => {
      const config = await fresh();
      await world.nextCall(TOKEN, { id_token: fault });
      const told = await refused(() => logIn(config));
      assert.equal(told, reason);
      await logIn(config);
      return told;
    });
  }
  await check('while a key is rotated, tokens of both keys are verified', async () => {
    const config = await fresh();
    await logIn(config);
    await world.control('POST', 'faults', { preset: 'key_rotation' });
    await logIn(await fresh());
    await world.control('DELETE', 'faults');
    await logIn(config);
  });
  await check('an id_token of a world that is three hours behind is past its life', async () => {
    await world.control('PUT', 'clock', { set: new Date(Date.now() - 3 * 3_600_000).toISOString() });
    assert.equal(await refused(async () => logIn(await fresh())), FORGED.expired[1]);
  });
});
