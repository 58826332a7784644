// @ts-check
// What the phone's WeChat is asked for.

/** WeChat gave no login code. */
class NoLoginCode extends Error {
  /** @param {string} reason */
  constructor(reason) {
    super(reason);
    this.name = 'NoLoginCode';
  }
}

/**
 * A login code. It is good for one exchange within five minutes, so it is asked for when it is needed and never kept.
 * @returns {Promise<string>}
 */
function loginCode() {
  return new Promise((resolve, reject) => {
    wx.login({
      success: ({ code }) => resolve(code),
      fail: ({ errMsg }) => reject(new NoLoginCode(errMsg)),
    });
  });
}

module.exports = { loginCode, NoLoginCode };
