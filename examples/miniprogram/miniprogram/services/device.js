// @ts-check
// What IDaaS wants to know of the phone. It refuses calls without these headers, and a phone keeps its fingerprint.

const FINGERPRINT = 'device-fingerprint';

/** @returns {string} */
function fingerprint() {
  const known = wx.getStorageSync(FINGERPRINT);
  if (typeof known === 'string' && known !== '') return known;
  // It tells phones apart and is no secret.
  const made = [Date.now(), ...Array.from({ length: 3 }, () => Math.floor(Math.random() * 36 ** 6))]
    .map((part) => part.toString(36))
    .join('');
  wx.setStorageSync(FINGERPRINT, made);
  return made;
}

/** @returns {Record<string, string>} */
function deviceHeaders() {
  const { system, brand, model } = wx.getDeviceInfo();
  const { version } = wx.getAppBaseInfo();
  return {
    'X-operating-sys-version': system,
    'X-device-fingerprint': fingerprint(),
    'X-agent': `MicroMessenger/${version} (${brand} ${model}) miniProgram`,
    'X-L': 'zh',
  };
}

module.exports = { deviceHeaders };
