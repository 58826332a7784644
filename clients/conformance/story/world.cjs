// One world of a running lab, from the side of the test: its phones, its clock, its journal.
'use strict';

const url = (process.env.MOCKWX_URL || '').replace(/\/$/, '');
if (!url) throw new Error('MOCKWX_URL is not set: start this program with clients/conformance/run');

async function control(method, path, body) {
  const answer = await fetch(`${url}/__admin/v1/${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    body: body && JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return text ? JSON.parse(text) : {};
}

module.exports = {
  url,
  control,

  /** What is declared: the mini program, the application of IDaaS and its tenant. */
  async declared() {
    const { wechat, idaas } = await control('GET', 'world');
    return { app: wechat.mini_programs[0], application: Object.values(idaas.applications)[0], domain: idaas.domain };
  },

  /** The code that `wx.login` would hand its callback on bob's phone. */
  async loginCode() {
    return (await control('POST', 'device/login', { person: 'bob' })).code;
  },

  /** The code that a tap on bob's phone number button would give. */
  async phoneCode() {
    return (await control('POST', 'device/phone-number', { person: 'bob' })).code;
  },

  /** What `wx.getUserInfo` would hand its callback on bob's phone. */
  async userInfo() {
    return control('POST', 'device/user-info', { person: 'bob' });
  },

  /** Ages one artefact, or all of a kind, without moving the clock. */
  async age(change) {
    const { altered } = await control('POST', 'artefacts/age', change);
    if (!altered) throw new Error(`nothing was aged by ${JSON.stringify(change)}`);
  },

  /** Plans a misfortune of the next call to an endpoint. */
  async nextCall(endpoint, what) {
    await control('POST', 'faults', { where: { endpoint }, when: { next: 1 }, what });
  },

  /** The calls of the back end that a piece of work caused: `/path errcode`. */
  async callsDuring(work) {
    const { last } = await control('GET', 'journal');
    await work();
    const { exchanges } = await control('GET', 'journal');
    return exchanges
      .filter((exchange) => exchange.seq > last && exchange.from === 'back_end')
      .map((exchange) => `${exchange.target.split('?')[0]} ${exchange.answer?.errcode ?? 0}`);
  },
};
