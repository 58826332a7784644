// got, by HTTP/1.1 and by HTTP/2.
import assert from 'node:assert/strict';
import got from 'got';
import checks from '../story/checks.cjs';
import story from '../story/http.cjs';

const told = ({ statusCode, body }) => ({ status: statusCode, data: JSON.parse(body) });

checks.conform(async () => {
  await story.http({
    get: async (url) => told(await got(url)),
    post: async (url, json) => told(await got.post(url, { json })),
  });
  await checks.check('HTTP/2 is spoken', async () => {
    const answer = await got('https://api.weixin.qq.com/cgi-bin/token', { http2: true });
    assert.equal(answer.httpVersion, '2.0');
  });
});
