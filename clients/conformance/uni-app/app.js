// uni-app as its build for WeChat has it: `uni` in place of `wx`, with promises.
import uni from '@dcloudio/uni-mp-weixin';

export { uni };

/** In uni-app of Vue 2 a promise holds an error and an answer, and never rejects. */
export async function promised(call) {
  const [error, answer] = await call;
  if (error) throw error;
  return answer;
}

export async function request(options) {
  const { statusCode, data, header } = await promised(uni.request(options));
  return { status: statusCode, data, header };
}

export const login = async () => (await promised(uni.login())).code;
export const failure = (error) => error.errMsg;
export const unreachable = /^request:fail /;
