// jose: the keys are where the discovery document of the issuer says.
import { createRemoteJWKSet, jwtVerify } from 'jose';
import checks from '../story/checks.cjs';
import story from '../story/id-token.cjs';

/** Discovers once, then verifies: issuer, audience, algorithm and the claims that must be there. */
function verifier({ issuer, audience }) {
  let keys;
  return async (token) => {
    keys ??= await discovered(issuer);
    const rules = { issuer, audience, algorithms: ['RS256'], requiredClaims: ['sub', 'iat', 'exp', 'jti'] };
    return (await jwtVerify(token, keys, rules)).payload;
  };
}

async function discovered(issuer) {
  const answer = await fetch(`${issuer}/.well-known/openid-configuration`);
  const document = await answer.json();
  if (document.issuer !== issuer) throw new Error(`${issuer} says that it is ${document.issuer}`);
  return createRemoteJWKSet(new URL(document.jwks_uri));
}

const CLAIM = 'ERR_JWT_CLAIM_VALIDATION_FAILED';
const codes = {
  bad_signature: 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED',
  unsigned: 'ERR_JOSE_ALG_NOT_ALLOWED',
  unknown_kid: 'ERR_JWKS_NO_MATCHING_KEY',
  wrong_issuer: `${CLAIM} iss`,
  wrong_audience: `${CLAIM} aud`,
  expired: 'ERR_JWT_EXPIRED exp',
  not_yet_valid: `${CLAIM} nbf`,
};

checks.conform(() => story.idTokens(process.argv[2], { verifier, codes }));
