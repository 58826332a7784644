// @ts-check
// What the phone remembers between two launches.

const SESSION = 'session';
const SIGNED_OUT = 'signed-out';

/** @typedef {{ sessionToken: string, idToken: string }} Session */

/** @returns {Session | null} */
function read() {
  return wx.getStorageSync(SESSION) || null;
}

/** @param {{ session_token: string, id_token: string }} tokens as IDaaS hands them out */
function keep({ session_token, id_token }) {
  wx.setStorageSync(SESSION, { sessionToken: session_token, idToken: id_token });
  wx.removeStorageSync(SIGNED_OUT);
}

/** The tokens are of no more use. The customer may be logged in again without being asked. */
function drop() {
  wx.removeStorageSync(SESSION);
}

/** The customer has logged out and stays out until they tap a login button. */
function signOut() {
  drop();
  wx.setStorageSync(SIGNED_OUT, true);
}

/** @returns {boolean} */
function isSignedOut() {
  return wx.getStorageSync(SIGNED_OUT) === true;
}

module.exports = { drop, isSignedOut, keep, read, signOut };
