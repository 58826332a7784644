// What a test does to a lab: worlds, time, misfortunes, and what it wants to know afterwards.

import { labAddress } from './address.js';
import { Control, LabError, query } from './control.js';
import { checkCalls } from './expect_calls.js';
import { createWx } from './wx.js';

/** A lab, or one world of it: `createLab({ url: 'http://127.0.0.1:17080' })`. */
export function createLab(options = {}) {
  return new Lab(options);
}

/** One world of a running mockwx. */
export class Lab {
  #control;
  #where;
  #adminToken;

  constructor({ url, world, adminToken, ...rest }) {
    const [unknown] = Object.keys(rest);
    if (unknown !== undefined) {
      throw new TypeError(`createLab has no option \`${unknown}\`\nhint: it has url, world, adminToken`);
    }
    this.#where = labAddress({ url, world });
    this.#adminToken = adminToken;
    this.#control = new Control({ base: this.#where.base, adminToken });
  }

  /** The world's base URL, for an application that is to live in this world alone. */
  get url() {
    return this.#where.base;
  }

  /** The world that this one names; nothing for whichever a call is for. */
  get name() {
    return this.#where.world;
  }

  /** A fresh world, sealed against all others. Delete it when the test is over. */
  async createWorld(options = {}) {
    const { name } = await this.#control.call('POST', 'worlds', options);
    return this.#named(name);
  }

  /** Another world of the same lab. */
  #named(name) {
    return new Lab({ url: this.#where.origin, world: name, adminToken: this.#adminToken });
  }

  /** All worlds. */
  async worlds() {
    return (await this.#control.call('GET', 'worlds')).worlds;
  }

  /** Takes this world away. */
  async delete() {
    if (this.name === undefined) {
      throw new LabError('this lab names no world', { hint: 'delete the one that createWorld gave' });
    }
    await this.#control.call('DELETE', `worlds/${this.name}`);
  }

  /** The world file as it is now: whole, unmasked. */
  export() {
    return this.#control.call('GET', 'world');
  }

  /** Makes the world anew from a world file. */
  async replace(world) {
    await this.#control.call('PUT', 'world', world);
  }

  /** Changes parts of the world; codes, tokens and sessions stay. */
  async change(part) {
    await this.#control.call('PATCH', 'world', part);
  }

  /** Puts the world back to its seed. */
  async reset() {
    await this.#control.call('POST', 'world/reset');
  }

  /** The world's clock. Nothing waits. */
  clock = {
    now: async () => new Date((await this.#control.call('GET', 'clock')).now),
    advance: (by) => this.#steer({ advance: duration(by) }),
    set: (to) => this.#steer({ set: to instanceof Date ? to.toISOString() : to }),
    freeze: () => this.#steer({ freeze: true }),
    resume: () => this.#steer({ resume: true }),
  };

  async #steer(change) {
    return new Date((await this.#control.call('PUT', 'clock', change)).now);
  }

  /** Codes, tokens and keys that were handed out. */
  async artefacts(filter) {
    return (await this.#control.call('GET', `artefacts${query(filter)}`)).artefacts;
  }

  /** Lets a code, token or key be older by this much, without moving the clock. Tells how many were altered. */
  age(artefact, by) {
    return this.#alter({ ...which(artefact), by: duration(by) });
  }

  /** Lets it be expired. `{ kind: 'access_token' }` means all of a kind. */
  expire(artefact) {
    return this.#alter({ ...which(artefact), expire: true });
  }

  /** Takes it back. */
  revoke(artefact) {
    return this.#alter({ ...which(artefact), revoke: true });
  }

  async #alter(body) {
    return (await this.#control.call('POST', 'artefacts/age', body)).altered;
  }

  /** Planned misbehaviour: `faults.plan('system_error')`, or `{ where, when, what }`. */
  faults = {
    plan: (fault) => this.#control.call('POST', 'faults', typeof fault === 'string' ? { preset: fault } : fault),
    list: async () => (await this.#control.call('GET', 'faults')).faults,
    clear: async (name) => {
      const path = name === undefined ? 'faults' : `faults/${encodeURIComponent(name)}`;
      return (await this.#control.call('DELETE', path)).cleared;
    },
  };

  /** SMS and e-mails that IDaaS sent, newest first. */
  async outbox(to) {
    return (await this.#control.call('GET', `outbox${query({ to })}`)).messages;
  }

  /** Exchanges, oldest first. */
  async journal(filter) {
    return (await this.#control.call('GET', `journal${query(filter)}`)).exchanges;
  }

  /** Forgets all exchanges. */
  async clearJournal() {
    await this.#control.call('DELETE', 'journal');
  }

  /** The story of one answer, by its request id or a whole `errmsg`. */
  explain(rid) {
    return this.#control.call('GET', `explain/${encodeURIComponent(rid)}`);
  }

  /** Where the piece of a slider picture belongs. */
  async captcha(token) {
    return (await this.#control.call('GET', `captcha/${encodeURIComponent(token)}`)).x;
  }

  /** Counts the calls of this world: `expectCalls({ '/sns/jscode2session': 1, idaas: 0 })`. */
  async expectCalls(expected, { since } = {}) {
    checkCalls(expected, await this.journal({ since, limit: 1_000_000 }));
  }

  /** What `wx.login` gives on this person's phone. */
  loginCode(person, options = {}) {
    return this.#code('login', { person, ...options });
  }

  /** What the phone number button hands over when this person agrees. */
  phoneCode(person, options = {}) {
    return this.#code('phone-number', { person, ...options });
  }

  async #code(call, body) {
    const answer = await this.#control.call('POST', `device/${call}`, body);
    if (answer.code === undefined) throw new LabError(`the phone was told \`${answer.errMsg}\``);
    return answer.code;
  }

  /** A wx object on a person's phone in this world, with the world's first Mini Program unless `appid` names one. */
  async wx(options = {}) {
    const { wechat, idaas } = await this.export();
    const app = wechat.mini_programs.find(({ appid }) => options.appid === undefined || appid === options.appid);
    return createWx({
      url: this.url,
      adminToken: this.#adminToken,
      appid: app?.appid,
      envVersion: app?.env_version,
      version: app?.version,
      tenant: idaas?.domain ?? null,
      ...options,
    });
  }
}

const which = (artefact) => (typeof artefact === 'string' ? { artefact } : artefact);

/** `5m` as it is; a number means milliseconds. */
const duration = (by) => (typeof by === 'number' ? `${by}ms` : by);
