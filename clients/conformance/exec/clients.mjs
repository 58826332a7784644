// Asks each address that it is given by every request library, and prints what came of it. It knows of no mock.
import https from 'node:https';
import axios from 'axios';
import got from 'got';
import { request } from 'undici';

const whatever = { validateStatus: () => true, responseType: 'text', transformResponse: (text) => text };
const clients = {
  fetch: async (url) => {
    const answer = await fetch(url);
    return [answer.status, await answer.text()];
  },
  https: (url) =>
    new Promise((done, failed) => {
      https
        .get(url, (answer) => {
          let text = '';
          answer.on('data', (data) => (text += data)).on('end', () => done([answer.statusCode, text]));
        })
        .on('error', failed);
    }),
  axios: async (url) => {
    const answer = await axios.get(url, whatever);
    return [answer.status, answer.data];
  },
  'axios without a proxy': async (url) => {
    const answer = await axios.get(url, { ...whatever, proxy: false });
    return [answer.status, answer.data];
  },
  got: async (url) => {
    const answer = await got(url, { throwHttpErrors: false, retry: { limit: 0 } });
    return [answer.statusCode, answer.body];
  },
  undici: async (url) => {
    const answer = await request(url);
    return [answer.statusCode, await answer.body.text()];
  },
};

const [names, ...urls] = process.argv.slice(2);
for (const name of names === 'all' ? Object.keys(clients) : names.split(',')) {
  for (const url of urls) {
    const [status, body] = await clients[name](url).catch((error) => [0, `${error} ${error.cause ?? ''}`]);
    console.log(JSON.stringify({ client: name, url, status, body }));
  }
}
