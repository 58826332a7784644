"""PyJWT: its PyJWKClient fetches the keys from where the discovery document of the issuer says."""

import sys

import jwt

from checks import end
from id_token import Tenant, discovery, id_tokens


def verifier(issuer, audience):
    keys = jwt.PyJWKClient(discovery(issuer)["jwks_uri"])

    def verify(token):
        return jwt.decode(
            token,
            keys.get_signing_key_from_jwt(token),
            algorithms=["RS256"],
            issuer=issuer,
            audience=audience,
            options={"require": ["iss", "aud", "sub", "iat", "exp", "nbf", "jti"]},
        )

    return verify


id_tokens(
    Tenant(sys.argv[1]),
    verifier,
    {
        "bad_signature": (jwt.InvalidSignatureError, ""),
        # Without a key id there is no key to look for.
        "unsigned": (jwt.PyJWKClientError, "Unable to find a signing key"),
        "unknown_kid": (jwt.PyJWKClientError, "Unable to find a signing key"),
        "wrong_issuer": (jwt.InvalidIssuerError, ""),
        "wrong_audience": (jwt.InvalidAudienceError, ""),
        "expired": (jwt.ExpiredSignatureError, ""),
        "not_yet_valid": (jwt.ImmatureSignatureError, ""),
    },
)
end()
