// axios with the adapter, as its README says.
import axios from 'axios';
import adapter from 'axios-miniprogram-adapter';

axios.defaults.adapter = adapter;

export { axios };

export async function request({ url, method, header, data, timeout }) {
  const body = method === 'GET' ? { params: data } : { data };
  try {
    return told(await axios({ url, method, headers: header, timeout, ...body }));
  } catch (error) {
    if (error.response) return told(error.response);
    throw error;
  }
}

const told = ({ status, data, headers }) => ({ status, data, header: headers });

export const failure = (error) => error.message;
export const unreachable = /^Network Error$/;
