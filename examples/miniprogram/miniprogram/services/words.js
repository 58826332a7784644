// @ts-check
// What the customer is told when something does not work.

const { LoginNeeded, NotAdmitted } = require('./account');
const { Unreachable } = require('./http');
const { IdaasDown, IdaasRefusal } = require('./idaas');
const { ShopRefusal } = require('./shop');
const { NoLoginCode } = require('./wechat');

/** @type {Record<string, string>} */
const IDAAS = {
  'CAPTCHA.0002': '拼图没有对齐，请再试一次',
  'CAPTCHA.0006': '验证码发送失败，请稍后再试',
  'CAPTCHA.0007': '验证码不正确或已过期',
  'COMMON.1002': '格式不正确，请检查后重试',
  'COMMON.1006': '该微信已绑定其他账号',
  'COMMON.1007': '停留时间过长，请返回重新登录',
  'COMMON.1013': '没有找到对应的账号',
  'LOGIN.1001': '微信授权已失效，请再试一次',
  'LOGIN.1002': '该微信尚未绑定账号',
};

/** Their words hold what only IDaaS knows: tries that are left, minutes until the lock opens. */
const IN_ITS_OWN_WORDS = new Set(['LOGIN.1003', 'LOGIN.1005']);

/** @type {Record<string, string>} */
const SHOP = {
  code_refused: '微信授权已失效，请再试一次',
  wechat_busy: '微信繁忙，请稍后再试',
};

/**
 * @param {unknown} error
 * @returns {string}
 */
function wordsFor(error) {
  if (error instanceof IdaasRefusal) {
    if (IN_ITS_OWN_WORDS.has(error.code)) return error.message;
    return IDAAS[error.code] ?? `登录失败（${error.code}）`;
  }
  if (error instanceof NotAdmitted) {
    return error.status === 'ACCESS_DENIED' ? '该账号已停用，请联系客服' : '请先在官网完成账号验证';
  }
  if (error instanceof LoginNeeded) return '请先登录';
  if (error instanceof NoLoginCode) return '微信登录失败，请再试一次';
  if (error instanceof ShopRefusal) return SHOP[error.error] ?? '服务暂时不可用，请稍后再试';
  if (error instanceof IdaasDown) return '服务暂时不可用，请稍后再试';
  if (error instanceof Unreachable) return '网络不给力，请检查后重试';
  throw error;
}

/**
 * What to say when a phone button brought no code. Its words differ between iOS and Android; the missing code does not.
 * @param {number | undefined} errno
 */
function wordsForNoNumber(errno) {
  return errno === 1400001 ? '暂时无法获取手机号，请用其他方式' : '未授权手机号，可以用其他方式';
}

module.exports = { wordsFor, wordsForNoNumber };
