// Carries out a client's checks and prints a JSON line for each.
'use strict';

let ended = false;
let count = 0;

/** One check: `test` returns what is worth telling, or throws. */
async function check(name, test) {
  let ok = true;
  let detail;
  try {
    detail = await test();
  } catch (error) {
    ok = false;
    detail = told(error);
  }
  count += 1;
  if (!ok) process.exitCode = 1;
  console.log(JSON.stringify({ check: name, ok, detail: detail === undefined ? '' : detail }));
}

/** An error and what caused it. */
function told(error) {
  const words = error.message || String(error);
  return error.cause instanceof Error ? `${words}: ${told(error.cause)}` : words;
}

/** All checks of a client. A program that ends before its last check has failed. */
function conform(checks) {
  process.on('exit', () => {
    if (ended && count > 0) return;
    console.error('the checks did not come to their end');
    process.exitCode = 1;
  });
  checks().then(
    () => {
      ended = true;
    },
    (error) => {
      console.error(error);
      process.exitCode = 1;
    },
  );
}

module.exports = { check, conform };
