// Taro as its build for WeChat puts it together: the platform's runtime first, which hands `wx` to the API.
import '@tarojs/plugin-platform-weapp/dist/runtime';
import Taro from '@tarojs/taro';

export { Taro };

export async function request(options) {
  const { statusCode, data, header } = await Taro.request(options);
  return { status: statusCode, data, header };
}

export const login = async () => (await Taro.login()).code;
export const failure = (error) => error.errMsg;
export const unreachable = /^request:fail /;
