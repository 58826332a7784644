// Every API of `wx` as a promise, as the README of miniprogram-api-promise says.
import { promisifyAll } from 'miniprogram-api-promise';

export const wxp = {};
promisifyAll(wx, wxp);

export async function request(options) {
  const { statusCode, data, header } = await wxp.request(options);
  return { status: statusCode, data, header };
}

export const login = async () => (await wxp.login()).code;
export const failure = (error) => error.errMsg;
export const unreachable = /^request:fail /;
