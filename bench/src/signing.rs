//! What an id_token costs to sign, against one raw RS256 signature with a key that is parsed and held.

use std::time::Duration;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::RSA_PKCS1_SHA256;
use idaas_core::SigningKey;
use sim::real::Stopwatch;

use crate::table::{Promise, Row};
use crate::{Failure, Programs, median};

const CLAIMS: &str = r#"{"iss":"https://acme.example/api/v1/oauth2","aud":"nTo1eRIub60vPb54WeE6aojPwYwImtl4","sub":"20260301090000000-114D-7DF343948","exp":1772362800,"iat":1772355600,"nbf":1772355480,"jti":"Zk3l9sX0aQ7bY2cW8dT5eR","api":"{\"name\":\"Li Na\",\"mobile\":\"+86-13800138000\",\"id\":\"20260301090000000-114D-7DF343948\",\"userName\":\"li.na\",\"email\":\"li@acme.example\"}"}"#;

/// A raw signature over the bytes that the token's signature covers; seconds of one core each.
pub(crate) fn raw_cost(limit: Duration) -> Result<f64, Failure> {
    let key = KeyPair::generate(KeySize::Rsa2048).map_err(|e| e.to_string())?;
    let (random, mut signature) = (SystemRandom::new(), vec![0; key.public_modulus_len()]);
    repeat(limit, || {
        key.sign(&RSA_PKCS1_SHA256, &random, CLAIMS.as_bytes(), &mut signature).map_err(|e| e.to_string().into())
    })
}

fn repeat(limit: Duration, mut work: impl FnMut() -> Result<(), Failure>) -> Result<f64, Failure> {
    let (watch, mut count) = (Stopwatch::start(), 0u32);
    while watch.elapsed() < limit {
        work()?;
        count += 1;
    }
    Ok(watch.elapsed().as_secs_f64() / f64::from(count.max(1)))
}

/// Our signing of an id_token as a multiple of a raw signature.
pub(crate) fn measure(_: &Programs) -> Result<Vec<Row>, Failure> {
    let key = SigningKey::test_key();
    let round = Duration::from_millis(300);
    let (mut ratios, mut behind) = (Vec::new(), String::new());
    for _ in 0..9 {
        let raw = raw_cost(round)?;
        let ours = repeat(round, || {
            std::hint::black_box(key.sign(CLAIMS.as_bytes()));
            Ok(())
        })?;
        ratios.push(ours / raw);
        behind = format!("last round {:.0} µs, raw {:.0} µs", ours * 1e6, raw * 1e6);
    }
    let promise = Promise::AtMost(1.3);
    Ok(vec![Row { what: "signing an id_token".into(), figure: median(ratios), unit: "× raw", promise, behind }])
}
