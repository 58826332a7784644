// Who sent a request: an id_token of IDaaS, checked here with the tenant's public keys. IDaaS has no call for this.

import { createRemoteJWKSet, errors, jwtVerify } from 'jose';

/** The token's fault. Anything else that goes wrong, keys that cannot be fetched, is not. */
const REFUSALS = [
  errors.JOSEAlgNotAllowed,
  errors.JWKSNoMatchingKey,
  errors.JWSInvalid,
  errors.JWSSignatureVerificationFailed,
  errors.JWTClaimValidationFailed,
  errors.JWTExpired,
  errors.JWTInvalid,
];

export class IdTokenRefused extends Error {
  name = 'IdTokenRefused';
}

/** A function from an id_token to the user in it. */
export function idTokenReader({ domain, clientId }) {
  const keys = createRemoteJWKSet(new URL(`https://${domain}/api/v1/oauth2/keys`));
  const rules = {
    algorithms: ['RS256'],
    issuer: `https://${domain}/api/v1/oauth2`,
    audience: clientId,
    requiredClaims: ['exp', 'api'],
  };
  return async (token) => {
    try {
      const { payload } = await jwtVerify(token, keys, rules);
      // The user's identity is JSON text within the JSON.
      const { id, name = '', userName = '', mobile = '', email = '' } = JSON.parse(payload.api);
      return { id, name, userName, mobile, email };
    } catch (error) {
      if (REFUSALS.some((kind) => error instanceof kind)) throw new IdTokenRefused(error.message);
      throw error;
    }
  };
}
