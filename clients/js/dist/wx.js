// Generated from src/ by `npm run build`.
(() => {
  // src/browser_storage.js
  var BrowserStorage = class {
    #prefix;
    #kept;
    constructor(prefix, kept) {
      this.#prefix = prefix;
      this.#kept = kept;
    }
    has(key) {
      return this.#kept.getItem(this.#prefix + key) !== null;
    }
    get(key) {
      const text = this.#kept.getItem(this.#prefix + key);
      return text === null ? void 0 : JSON.parse(text);
    }
    set(key, item) {
      this.#kept.setItem(this.#prefix + key, JSON.stringify(item));
    }
    delete(key) {
      this.#kept.removeItem(this.#prefix + key);
    }
    clear() {
      for (const key of [...this.keys()]) this.delete(key);
    }
    *keys() {
      for (let at = 0; at < this.#kept.length; at += 1) {
        const name = this.#kept.key(at);
        if (name.startsWith(this.#prefix)) yield name.slice(this.#prefix.length);
      }
    }
    *[Symbol.iterator]() {
      for (const key of [...this.keys()]) yield [key, this.get(key)];
    }
  };

  // src/call.js
  var Failure = class extends Error {
    /**
     * @param {string} message what follows `NAME:fail `
     * @param {object} [detail] what else the callback is handed, `errno` for one
     */
    constructor(message, detail = {}) {
      super(message);
      this.detail = detail;
    }
  };
  var INTERNAL_ERROR = 4;
  function failed(name, error) {
    if (error instanceof Failure) return { errMsg: `${name}:fail ${error.message}`, ...error.detail };
    return { errMsg: `${name}:fail mockwx: ${error?.message ?? error}`, errno: INTERNAL_ERROR };
  }
  function asynchronous(name, work) {
    return (options = {}) => {
      const outcome = settled(name, work, options ?? {});
      if (!hasCallback(options)) {
        return outcome.then(({ ok, value }) => {
          if (ok) return value;
          throw value;
        });
      }
      outcome.then(({ ok, value }) => deliver(options, ok, value));
      return void 0;
    };
  }
  async function settled(name, work, options) {
    try {
      return { ok: true, value: { errMsg: `${name}:ok`, ...await work(options) } };
    } catch (error) {
      return { ok: false, value: failed(name, error) };
    }
  }
  function hasCallback(options) {
    return ["success", "fail", "complete"].some((name) => typeof options?.[name] === "function");
  }
  function deliver(options, ok, value) {
    for (const callback of [ok ? options.success : options.fail, options.complete]) {
      if (typeof callback === "function") apart(() => callback(value));
    }
  }
  function apart(work) {
    try {
      work();
    } catch (error) {
      queueMicrotask(() => {
        throw error;
      });
    }
  }

  // src/device.js
  var BACKGROUND_GRACE_MS = 5e3;
  var DEVICES = /* @__PURE__ */ Symbol.for("@mockwx/wx devices");
  if (!globalThis[DEVICES]) Object.defineProperty(globalThis, DEVICES, { value: /* @__PURE__ */ new WeakMap() });
  var devices = globalThis[DEVICES];
  function deviceOf(wx) {
    const device = devices.get(wx);
    if (!device) {
      throw new TypeError("this wx was not made by createWx\nhint: give the object that createWx returned");
    }
    return device;
  }
  var isOurs = (wx) => devices.has(wx);
  function belongs(wx, device) {
    devices.set(wx, device);
  }
  var Device = class {
    #control;
    #calls = [];
    #answers = /* @__PURE__ */ new Map();
    #listeners = /* @__PURE__ */ new Map();
    #interruptions = /* @__PURE__ */ new Set();
    #tapping = false;
    constructor(control, { appid, person, platform, storage: storage2 }) {
      this.#control = control;
      this.appid = appid;
      this.person = person;
      this.platform = platform;
      this.storage = storage2;
      this.clipboard = "";
      this.inBackground = false;
      this.launched = () => ({});
    }
    /** What the lab's phone answers to a call, as its callback would be handed it. */
    ask(call, body = {}) {
      return this.#control.call("POST", `device/${call}`, { appid: this.appid, person: this.person, ...body });
    }
    /** What the lab's phone answers, without `errMsg`; a `Failure` when it says no, or is planned to. */
    async asked(name, call, body) {
      const { errMsg, ...rest } = await this.ask(call, this.answerTo(name, body));
      if (errMsg === `${name}:ok`) return rest;
      throw new Failure(errMsg.replace(`${name}:fail`, "").trimStart(), rest);
    }
    /** Runs `work` as the handler of a tap. Only what it calls before its first `await` counts as called by the tap. */
    tap(work) {
      this.#tapping = true;
      try {
        return work({ type: "tap", timeStamp: 0, detail: { x: 0, y: 0 }, target: {}, currentTarget: {} });
      } finally {
        this.#tapping = false;
      }
    }
    /** Whether a tap is being handled. */
    get isTapping() {
      return this.#tapping;
    }
    /** Notes a call of something that only a screen could show. */
    note(name, options) {
      this.#calls.push({ name, options });
    }
    /**
     * What was shown, opened and set so far, oldest first: `{ name, options }`.
     *
     * @param {string} [name] only calls of this function
     */
    calls(name) {
      return this.#calls.filter((call) => name === void 0 || call.name === name);
    }
    /** Forgets what was shown so far. */
    forgetCalls() {
      this.#calls.length = 0;
    }
    /**
     * Plans what the person answers: `answer('showModal', { cancel: true })`. Several answers are used one after the
     * other, the last one stays. `{ fail: 'TEXT', errno: 5 }` lets the call fail. What is answered to the lab's own calls
     * goes to the lab: `answer('login', { outcome: 'blocked' }, {})` fails once.
     */
    answer(name, ...answers) {
      this.#answers.set(name, answers);
    }
    /** The planned answer, else `usual`. */
    answerTo(name, usual2) {
      const planned = this.#answers.get(name);
      if (!planned || planned.length === 0) return usual2;
      const answer = planned.length > 1 ? planned.shift() : planned[0];
      const { fail, ...rest } = answer;
      if (fail !== void 0) throw new Failure(String(fail), rest);
      return { ...usual2, ...rest };
    }
    /** The Mini Program goes into the background: requests that are not done after five seconds are interrupted. */
    background() {
      if (this.inBackground) return;
      this.inBackground = true;
      this.fire("appHide", { reason: 3 });
      const waiting = [...this.#interruptions];
      const timer = setTimeout(() => {
        if (this.inBackground) waiting.forEach((interrupt) => this.#interruptions.has(interrupt) && interrupt());
      }, BACKGROUND_GRACE_MS);
      timer.unref?.();
    }
    /** It comes back. */
    foreground(options) {
      if (!this.inBackground) return;
      this.inBackground = false;
      this.fire("appShow", { ...this.launched(), ...options });
    }
    /** Calls `interrupt` when the background takes a request's time away; the answer ends that. */
    interruptible(interrupt) {
      this.#interruptions.add(interrupt);
      return () => this.#interruptions.delete(interrupt);
    }
    listen(event, listener) {
      if (typeof listener !== "function") return;
      this.#listeners.set(event, [...this.#listeners.get(event) ?? [], listener]);
    }
    /** Takes one listener back, or all of an event. */
    unlisten(event, listener) {
      const kept = (this.#listeners.get(event) ?? []).filter((known) => listener !== void 0 && known !== listener);
      this.#listeners.set(event, kept);
    }
    /** Tells everybody who listens: `fire('networkStatusChange', { isConnected: false, networkType: 'none' })`. */
    fire(event, detail) {
      for (const listener of this.#listeners.get(event) ?? []) apart(() => listener(detail));
    }
  };

  // src/button.js
  var EVENTS = {
    getPhoneNumber: "getphonenumber",
    getRealtimePhoneNumber: "getrealtimephonenumber"
  };
  var OPTIONS = ["wx", "person", "phone", "platform", "deny", "cancel", "fail", "event", "handler", "dataset"];
  function buttonsOf(wx) {
    return {
      /** `<button open-type="getPhoneNumber" bindgetphonenumber="…">`, quick verification. */
      getPhoneNumber: (target, options) => tap("getPhoneNumber", target, { wx, ...options }),
      /** `<button open-type="getRealtimePhoneNumber" bindgetrealtimephonenumber="…">`. */
      getRealtimePhoneNumber: (target, options) => tap("getRealtimePhoneNumber", target, { wx, ...options })
    };
  }
  async function tap(openType, target, options) {
    const unknown = Object.keys(options).find((name) => !OPTIONS.includes(name));
    if (unknown !== void 0) {
      throw new TypeError(`button.${openType} has no option \`${unknown}\`
hint: it has ${OPTIONS.join(", ")}`);
    }
    const call = handlerOf(openType, target, options);
    const { detail, isCalled } = await detailOf(openType, options);
    if (!isCalled) return { detail: void 0, event: void 0, result: void 0 };
    const place = { id: "", dataset: options.dataset ?? {}, offsetLeft: 0, offsetTop: 0 };
    const event = { type: EVENTS[openType], timeStamp: 0, target: place, currentTarget: place, detail };
    return { detail, event, result: await call(event) };
  }
  async function detailOf(openType, { wx = globalThis.wx, person, phone, platform, deny, cancel, fail, event }) {
    if (!isOurs(wx)) {
      throw new TypeError(`button.${openType}: the global wx was not made by createWx
hint: give { wx }`);
    }
    if (typeof fail === "object" && fail !== null) return { detail: { ...fail }, isCalled: true };
    const device = deviceOf(wx);
    const outcome = fail ?? (deny ? "deny" : cancel ? "cancel" : "agree");
    const body = {
      realtime: openType === "getRealtimePhoneNumber",
      outcome,
      phone,
      platform: platform ?? device.platform,
      event
    };
    if (person !== void 0) body.person = person;
    const detail = await device.ask("phone-number", body);
    return { detail, isCalled: detail.errMsg !== void 0 };
  }
  function handlerOf(openType, target, { handler }) {
    if (typeof target === "function") return (event) => target(event);
    if (handler !== void 0) {
      const owner = [target, target?.instance].find((place) => typeof place?.[handler] === "function");
      if (owner) return (event) => owner[handler](event);
      throw new TypeError(`button.${openType}: the page has no method \`${handler}\`${listed(target)}`);
    }
    if (typeof target?.dispatchEvent === "function") {
      return (event) => target.dispatchEvent(event.type, { detail: event.detail });
    }
    throw new TypeError(
      `button.${openType} wants the page's handler
hint: give a function, a page with { handler: "onPhoneNumber" }, or a simulated button with dispatchEvent`
    );
  }
  function listed(target) {
    const methods = Object.keys(target ?? {}).filter((name) => typeof target[name] === "function");
    return methods.length === 0 ? "" : `
hint: it has ${methods.join(", ")}`;
  }

  // src/address.js
  var WECHAT_HOSTS = [
    "api.weixin.qq.com",
    "api2.weixin.qq.com",
    "sh.api.weixin.qq.com",
    "sz.api.weixin.qq.com",
    "hk.api.weixin.qq.com"
  ];
  var WORLD_NAME = /^[a-z0-9-]{1,63}$/;
  function labAddress({ url, world }) {
    if (typeof url !== "string" || url === "") {
      throw new TypeError("url is missing\nhint: give the address of a running mockwx, such as http://127.0.0.1:17080");
    }
    const parsed = parse(url);
    if (!parsed || !/^https?:$/.test(parsed.protocol)) {
      throw new TypeError(`url: \`${url}\` is not an address
hint: write it as http://127.0.0.1:17080`);
    }
    const path = parsed.pathname.replace(/\/+$/, "");
    const inPath = /^\/__world\/([^/]+)$/.exec(path)?.[1];
    if (path !== "" && inPath === void 0) {
      throw new TypeError(`url: \`${url}\` has a path that is no world
hint: end it in /__world/NAME, or nothing`);
    }
    if (inPath !== void 0 && world !== void 0 && inPath !== world) {
      throw new TypeError(`url names the world \`${inPath}\`, world names \`${world}\`
hint: name one of them`);
    }
    const name = world ?? inPath;
    if (name !== void 0 && !WORLD_NAME.test(name)) {
      throw new TypeError(`world: \`${name}\` is not a name
hint: a name has 1 to 63 characters out of a-z, 0-9 and -`);
    }
    return {
      origin: parsed.origin,
      world: name,
      base: name === void 0 ? parsed.origin : inWorld(parsed.origin, name)
    };
  }
  var inWorld = (origin, name) => `${origin}/__world/${name}`;
  function parse(text, base) {
    try {
      return new URL(text, base);
    } catch {
      return void 0;
    }
  }
  function readHosts(hosts = {}) {
    const places = /* @__PURE__ */ new Map();
    for (const [name, target] of Object.entries(hosts)) {
      const from = parse(name.includes("://") ? name : `https://${name}`);
      if (!from || from.pathname !== "/" || from.search) {
        throw new TypeError(`hosts: \`${name}\` is not an origin
hint: write it as https://api.shop.example`);
      }
      const to = typeof target === "string" ? parse(target) : void 0;
      if (!to || !/^https?:$/.test(to.protocol)) {
        throw new TypeError(`hosts: \`${target}\` is not an address
hint: write it as http://127.0.0.1:3000`);
      }
      places.set(from.origin, to.origin + to.pathname.replace(/\/+$/, ""));
    }
    return places;
  }
  var isThisMachine = (name) => /^(localhost|.*\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(name);
  var Places = class {
    #lab;
    #hosts;
    #tenant;
    #passthrough;
    /**
     * @param {ReturnType<typeof labAddress>} lab
     * @param {Map<string, string>} hosts
     * @param {() => Promise<string | undefined>} tenant tells the tenant's domain
     * @param {boolean} passthrough whether other servers than those of this machine are reached as well
     */
    constructor(lab, hosts, tenant2, passthrough) {
      this.#lab = lab;
      this.#hosts = hosts;
      this.#tenant = tenant2;
      this.#passthrough = passthrough;
    }
    /** Where a request to `url` goes: its address, and whether the lab answers there. */
    async of(url) {
      const rest = url.pathname + url.search;
      const mapped = this.#hosts.get(url.origin);
      if (mapped !== void 0) return this.#known(mapped + rest);
      if (WECHAT_HOSTS.includes(url.hostname)) return { url: this.#lab.base + rest, isLab: true };
      if (url.origin === this.#lab.origin) return this.#known(url.href);
      if (url.protocol === "https:" && url.hostname === await this.#tenant()) {
        return { url: this.#lab.base + rest, isLab: true };
      }
      if (!this.#passthrough && !isThisMachine(url.hostname)) {
        throw new Error(
          `nothing stands in for ${url.origin}, and a test must not reach it
hint: name what does, hosts: { '${url.origin}': 'http://127.0.0.1:3000' }, or set passthrough: true`
        );
      }
      return { url: url.href, isLab: false };
    }
    /** An address that may be the lab's own: there the world is named, unless it is already. */
    #known(address) {
      const { origin, base } = this.#lab;
      const isLab = address === origin || address.startsWith(`${origin}/`);
      const rest = address.slice(origin.length);
      return { url: isLab && !rest.startsWith("/__world/") ? base + rest : address, isLab };
    }
  };

  // src/app.js
  var EVENTS2 = [
    "appShow",
    "appHide",
    "error",
    "unhandledRejection",
    "pageNotFound",
    "networkStatusChange",
    "themeChange",
    "windowResize",
    "memoryWarning",
    "audioInterruptionBegin",
    "audioInterruptionEnd"
  ];
  var launch = () => ({
    path: "pages/index/index",
    scene: 1001,
    query: {},
    referrerInfo: { appId: "", extraData: {} },
    apiCategory: "default",
    forwardMaterials: [],
    hostExtraData: { host_scene: "" }
  });
  function app(device, wx, options) {
    const launched = () => ({ ...launch(), ...options.launch });
    device.launched = launched;
    const functions = {
      canIUse: (schema) => canIUse(wx, schema),
      nextTick: (callback, ...given) => queueMicrotask(() => callback(...given)),
      getLaunchOptionsSync: launched,
      getEnterOptionsSync: launched,
      getUpdateManager: () => ({
        applyUpdate: () => device.note("applyUpdate", {}),
        onCheckForUpdate: (listener) => device.listen("checkForUpdate", listener),
        onUpdateReady: (listener) => device.listen("updateReady", listener),
        onUpdateFailed: (listener) => device.listen("updateFailed", listener)
      })
    };
    for (const event of EVENTS2) {
      const name = event[0].toUpperCase() + event.slice(1);
      functions[`on${name}`] = (listener) => device.listen(event, listener);
      functions[`off${name}`] = (listener) => device.unlisten(event, listener);
    }
    return functions;
  }
  function canIUse(wx, schema) {
    const [first, second, third] = String(schema).split(".");
    if (first === "button") return second === void 0 || second !== "open-type" || OPEN_TYPES.includes(third);
    return typeof wx[first] === "function" || typeof wx[first] === "object";
  }
  var OPEN_TYPES = [
    void 0,
    "getPhoneNumber",
    "getRealtimePhoneNumber",
    "getUserInfo",
    "chooseAvatar",
    "agreePrivacyAuthorization"
  ];

  // src/wire/fetch.js
  var FORBIDDEN = /* @__PURE__ */ new Set(["referer", "user-agent", "content-length", "cookie", "host", "connection"]);
  function send({ url, method, headers, body, onHeaders, onChunk }) {
    const controller = new AbortController();
    const answer = (async () => {
      try {
        const sent = Object.entries(headers).filter(([name]) => !FORBIDDEN.has(name.toLowerCase()));
        const response = await fetch(url, { method, headers: sent, body, redirect: "follow", signal: controller.signal });
        const head = { status: response.status, headers: [...response.headers] };
        onHeaders?.(head);
        return { ...head, body: await read(response, onChunk) };
      } catch (error) {
        throw Object.assign(new Error(error.message), { net: -2, netName: "net::ERR_FAILED" });
      }
    })();
    return { answer, abort: () => controller.abort() };
  }
  async function read(response, onChunk) {
    if (!onChunk || !response.body) return new Uint8Array(await response.arrayBuffer());
    const chunks = [];
    const reader = response.body.getReader();
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      chunks.push(next.value);
      onChunk(next.value.slice());
    }
    return new Uint8Array(await new Blob(chunks).arrayBuffer());
  }
  var encode = (text) => new TextEncoder().encode(text);
  var decode = (body) => new TextDecoder().decode(body);

  // src/control.js
  var LabError = class extends Error {
    /**
     * @param {string} message
     * @param {{ code?: string, hint?: string, status?: number, problems?: object[] }} [detail]
     */
    constructor(message, { code, hint, status, problems = [] } = {}) {
      const more = problems.slice(1).map((problem) => `
${problem.path}: ${problem.message}`);
      super(`${message}${more.join("")}${hint ? `
hint: ${hint}` : ""}`);
      this.name = "LabError";
      this.code = code;
      this.hint = hint;
      this.status = status;
      this.problems = problems;
    }
  };
  var Control = class {
    #base;
    #adminToken;
    /** @param {{ base: string, adminToken?: string }} where */
    constructor({ base, adminToken }) {
      this.#base = base;
      this.#adminToken = adminToken;
    }
    /**
     * @param {string} method
     * @param {string} path behind `/__admin/v1/`
     * @param {unknown} [body] sent as JSON
     * @returns {Promise<any>} the answer's JSON; nothing for an empty one
     */
    async call(method, path, body) {
      const url = `${this.#base}/__admin/v1/${path}`;
      const headers = {};
      const bytes = body === void 0 ? void 0 : encode(JSON.stringify(body));
      if (bytes) Object.assign(headers, { "content-type": "application/json", "content-length": String(bytes.length) });
      if (this.#adminToken) headers["x-mock-admin-token"] = this.#adminToken;
      let answer;
      try {
        answer = await send({ url, method, headers, body: bytes }).answer;
      } catch (error) {
        throw new LabError(`no mockwx answers at ${this.#base}: ${error.message}`, {
          code: "unreachable",
          hint: "start one with `mockwx serve`, or give its address as url"
        });
      }
      const text = decode(answer.body);
      const value = read2(text);
      if (answer.status >= 200 && answer.status < 300 && (value !== void 0 || text === "")) return value;
      if (value?.error?.message) throw new LabError(value.error.message, { ...value.error, status: answer.status });
      throw new LabError(`${method} ${url} was answered with status ${answer.status} and no control API's JSON`, {
        status: answer.status,
        hint: "is it mockwx that listens there?"
      });
    }
  };
  function read2(text) {
    try {
      return text === "" ? void 0 : JSON.parse(text);
    } catch {
      return void 0;
    }
  }
  function query(parameters = {}) {
    const set = Object.entries(parameters).filter(([, value]) => value !== void 0);
    return set.length === 0 ? "" : `?${new URLSearchParams(set.map(([name, value]) => [name, String(value)]))}`;
  }

  // src/domains.js
  function readDomains(domains) {
    if (domains === void 0) return void 0;
    return domains.map((domain) => {
      const authority = /^(?:https:\/\/)?([^/?#]+)\/?$/i.exec(domain)?.[1].toLowerCase();
      const host = authority?.replace(/:\d+$/, "");
      const why = !authority ? "is not https" : WECHAT_HOSTS.includes(host) ? "is for servers, and no Mini Program may call it" : host === "localhost" || /^[\d.]+$|^\[/.test(host) ? "is no domain name" : void 0;
      if (why) throw new TypeError(`domains: \`${domain}\` ${why}
hint: name servers as https://api.shop.example`);
      return authority;
    });
  }
  function checkDomain(url, domains) {
    if (domains === void 0) return;
    const authority = /^https:\/\/([^/?#]+)/i.exec(url)?.[1].toLowerCase();
    if (authority === void 0 || !domains.includes(authority)) {
      throw new Failure("url not in domain list", { errno: 600002 });
    }
  }

  // src/login.js
  function login(device) {
    return {
      login: asynchronous("login", () => device.asked("login", "login")),
      checkSession: asynchronous("checkSession", () => device.asked("checkSession", "check-session")),
      getUserInfo: asynchronous(
        "getUserInfo",
        ({ withCredentials = false }) => device.asked("getUserInfo", "user-info", { withCredentials: Boolean(withCredentials) })
      ),
      getUserProfile: tapOnly(
        device,
        ({ desc }) => device.asked("getUserProfile", "user-profile", { desc: desc === void 0 ? "" : String(desc) })
      )
    };
  }
  function tapOnly(device, work) {
    return (options) => {
      const { isTapping } = device;
      return asynchronous("getUserProfile", (given) => {
        if (!isTapping) throw new Failure("can only be invoked by user TAP gesture.");
        return work(given);
      })(options);
    };
  }
  function accountInfo({ appid, envVersion = "develop", version = "1.0.0" }) {
    if (!["develop", "trial", "release"].includes(envVersion)) {
      throw new TypeError(`envVersion: \`${envVersion}\` is not known
hint: use develop, trial or release`);
    }
    return {
      getAccountInfoSync: () => {
        if (appid === void 0) {
          throw new TypeError(
            "getAccountInfoSync: nobody said which Mini Program this is\nhint: give createWx the appid"
          );
        }
        return { miniProgram: { appId: appid, envVersion, version: envVersion === "release" ? version : "" } };
      }
    };
  }

  // src/not_here.js
  function failing(name) {
    return asynchronous(name, () => {
      throw new Failure(`mockwx does not simulate wx.${name}`);
    });
  }
  var nothing = () => {
  };
  var TRANSFER = ["abort", "onProgressUpdate", "offProgressUpdate", "onHeadersReceived", "offHeadersReceived"];
  var SOCKET = ["onOpen", "onClose", "onError", "onMessage", "send", "close"];
  var TASKS = { uploadFile: TRANSFER, downloadFile: TRANSFER, connectSocket: SOCKET };
  function notHere() {
    const functions = {};
    for (const [name, methods] of Object.entries(TASKS)) {
      const fail = failing(name);
      functions[name] = (options) => {
        fail({ complete: nothing, ...options });
        return Object.fromEntries(methods.map((method) => [method, nothing]));
      };
    }
    return functions;
  }

  // src/request_headers.js
  var USER_AGENT = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.49(0x18003130) NetType/WIFI Language/zh_CN";
  function headersOf(given, { referer: referer2, userAgent = USER_AGENT }) {
    const headers = /* @__PURE__ */ new Map([
      ["content-type", ["content-type", "application/json"]],
      ["user-agent", ["user-agent", userAgent]]
    ]);
    for (const [name, value] of Object.entries(given ?? {})) {
      if (value !== void 0 && value !== null) headers.set(name.toLowerCase(), [name, String(value)]);
    }
    if (referer2) headers.set("referer", ["referer", referer2]);
    else headers.delete("referer");
    headers.delete("content-length");
    return headers;
  }
  var SPELLINGS = {
    "as-sent": (name) => name,
    lower: (name) => name.toLowerCase(),
    canonical: (name) => name.replace(/[^-]+/g, (word) => word[0].toUpperCase() + word.slice(1).toLowerCase())
  };
  function checkHeaderCase(headerCase = "as-sent") {
    if (!Object.hasOwn(SPELLINGS, headerCase)) {
      const known = Object.keys(SPELLINGS).join(", ");
      throw new TypeError(`headerCase: \`${headerCase}\` is not known
hint: use one of ${known}`);
    }
    return headerCase;
  }
  function headersSeen(pairs, headerCase = "as-sent") {
    const header = {};
    const cookies = [];
    for (const [name, value] of pairs) {
      const spelled = SPELLINGS[headerCase](name);
      if (name.toLowerCase() === "set-cookie") cookies.push(value);
      header[spelled] = Object.hasOwn(header, spelled) ? `${header[spelled]},${value}` : value;
    }
    return { header, cookies };
  }

  // src/request_body.js
  var FORM = /application\/x-www-form-urlencoded/i;
  var isBuffer = (data) => Object.prototype.toString.call(data) === "[object ArrayBuffer]";
  var isMap = (data) => typeof data === "object" && data !== null && !isBuffer(data);
  function urlEncoded(data) {
    const text = (value) => typeof value === "object" && value !== null ? json(value) : String(value);
    return Object.keys(data).map((name) => `${encodeURIComponent(name)}=${encodeURIComponent(text(data[name]))}`).join("&");
  }
  function withQuery(url, data) {
    const [address] = url.split("#");
    const added = typeof data === "string" ? data : isMap(data) ? urlEncoded(data) : "";
    if (added === "") return address;
    const join = address.includes("?") ? /[?&]$/.test(address) ? "" : "&" : "?";
    return address + join + added;
  }
  function bodyOf(data, contentType) {
    if (data === void 0 || data === null) return void 0;
    if (isBuffer(data)) return new Uint8Array(data);
    if (typeof data === "string") return encode(data);
    if (isMap(data) && FORM.test(contentType)) return encode(urlEncoded(data));
    return encode(json(data));
  }
  function json(data) {
    try {
      const text = JSON.stringify(data);
      if (text !== void 0) return text;
    } catch {
    }
    throw new Failure("invalid request data", { errno: 600010 });
  }
  function dataOf(body, { dataType = "json", responseType = "text" }) {
    if (responseType === "arraybuffer") return body.buffer;
    const text = decode(body);
    if (dataType !== "json") return text;
    try {
      return JSON.parse(text);
    } catch {
      return text;
    }
  }

  // src/request_profile.js
  function profileOf({ begin, sent, head, end, sentBytes, bytes, place }) {
    const { hostname, port, protocol } = new URL(place);
    return {
      invokeStart: begin,
      queueStart: begin,
      queueEnd: sent,
      redirectStart: 0,
      redirectEnd: 0,
      fetchStart: sent,
      domainLookUpStart: sent,
      domainLookUpEnd: sent,
      httpDNSDomainLookUpStart: 0,
      httpDNSDomainLookUpEnd: 0,
      connectStart: sent,
      connectEnd: sent,
      SSLconnectionStart: protocol === "https:" ? sent : 0,
      SSLconnectionEnd: protocol === "https:" ? sent : 0,
      requestStart: sent,
      requestEnd: sent,
      responseStart: head,
      responseEnd: end,
      rtt: head - sent,
      httpRttEstimate: head - sent,
      transportRttEstimate: 0,
      estimate_nettype: 0,
      downstreamThroughputKbpsEstimate: 0,
      throughputKbps: 0,
      peerIP: hostname,
      port: Number(port) || (protocol === "https:" ? 443 : 80),
      protocol: "http1.1",
      receivedBytedCount: bytes,
      sendBytesCount: sentBytes,
      socketReused: false,
      usingHighPerformanceMode: false
    };
  }
  var usual = () => ({ exception: { reasons: [], retryCount: 0 }, useHttpDNS: false });

  // src/request_task.js
  var Task = class {
    #listeners = { headersReceived: /* @__PURE__ */ new Set(), chunkReceived: /* @__PURE__ */ new Set() };
    #stop = () => {
    };
    isOver = false;
    abort = () => {
    };
    handle = {
      abort: () => this.abort(),
      onHeadersReceived: (listener) => void this.#listeners.headersReceived.add(listener),
      offHeadersReceived: (listener) => this.#off("headersReceived", listener),
      onChunkReceived: (listener) => void this.#listeners.chunkReceived.add(listener),
      offChunkReceived: (listener) => this.#off("chunkReceived", listener)
    };
    #off(event, listener) {
      if (listener === void 0) this.#listeners[event].clear();
      else this.#listeners[event].delete(listener);
    }
    listens(event) {
      return this.#listeners[event].size > 0;
    }
    fire(event, detail) {
      if (this.isOver) return;
      for (const listener of this.#listeners[event]) if (typeof listener === "function") apart(() => listener(detail));
    }
    /** Says how to end what is on the wire. */
    onStop(stop) {
      this.#stop = stop;
    }
    stop() {
      this.#stop();
    }
  };

  // src/request.js
  var METHODS = ["OPTIONS", "GET", "HEAD", "POST", "PUT", "DELETE", "TRACE", "CONNECT"];
  var IN_QUERY = ["GET", "HEAD"];
  var PARALLEL = 10;
  var REDIRECTS = 20;
  var TIMEOUT_MS = 6e4;
  var aborted = () => new Failure("abort");
  var interrupted = () => new Failure("interrupted", { errno: 600003 });
  var timedOut = () => new Failure("timeout", { errno: 5 });
  function requests(device, places, settings) {
    let running = 0;
    const start2 = (options, task) => {
      if (device.inBackground) throw interrupted();
      const call = read3(options, settings);
      checkDomain(call.written, settings.domains);
      if (running >= PARALLEL) throw new Failure("exceed max task count", { errno: 600007 });
      running += 1;
      const early = earlyEnd(task, device, timeoutOf(options, settings), () => {
        running -= 1;
      });
      return Promise.race([follow(call, places, settings, task), early.failure]).finally(early.settle);
    };
    const request = (options) => {
      const task = new Task();
      const outcome = new Promise((resolve) => {
        resolve(start2(options ?? {}, task));
      });
      outcome.then(
        (value) => deliver(options, true, { ...value, ...usual(), errMsg: "request:ok" }),
        (error) => deliver(options ?? {}, false, { ...failed("request", error), ...usual() })
      );
      return task.handle;
    };
    return { request };
  }
  function timeoutOf(options, settings) {
    const given = [options.timeout, settings.timeout].map(Number).find((timeout) => timeout > 0);
    return given ?? TIMEOUT_MS;
  }
  function read3(options, settings) {
    const { url, data } = options;
    if (typeof url !== "string") {
      const kind = Object.prototype.toString.call(url).slice(8, -1);
      throw new Failure(`parameter error: parameter.url should be String instead of ${kind};`, { errno: 1001 });
    }
    const method = String(options.method ?? "GET").toUpperCase();
    if (!METHODS.includes(method)) {
      throw new Failure(`parameter error: parameter.method is not one of ${METHODS.join(", ")};`, { errno: 1001 });
    }
    const inQuery = IN_QUERY.includes(method);
    const written2 = inQuery ? withQuery(url, data) : url;
    const target = parse(written2);
    if (!isHttp(target)) throw new Failure(`invalid url "${url}"`, { errno: 600009 });
    const headers = headersOf(options.header, settings);
    const body = inQuery ? void 0 : bodyOf(data, headers.get("content-type")[1]);
    return { options, method, written: written2, target, headers: Object.fromEntries(headers.values()), body };
  }
  function leadsTo({ status, headers }, { redirect }) {
    if (redirect === "manual" || ![301, 302, 303, 307, 308].includes(status)) return void 0;
    return headers.find(([name]) => name.toLowerCase() === "location")?.[1];
  }
  var isHttp = (url) => url !== void 0 && /^https?:$/.test(url.protocol);
  async function follow(call, places, settings, task) {
    let { method, target, body } = call;
    const begin = Date.now();
    for (let hops = 0; ; hops += 1) {
      const place = await places.of(target);
      if (task.isOver) throw aborted();
      const answer = await exchange({ ...call, method, body, place }, settings, task);
      const location = leadsTo(answer, call.options);
      if (location === void 0) {
        const { header, cookies } = headersSeen(answer.headers, settings.headerCase);
        const { sent, head } = answer;
        const sentBytes = body?.length ?? 0;
        const course = { begin, sent, head, end: Date.now(), sentBytes, bytes: answer.body.length, place: place.url };
        return {
          data: dataOf(answer.body, call.options),
          statusCode: answer.status,
          header,
          cookies,
          profile: profileOf(course)
        };
      }
      if (hops >= REDIRECTS) throw new Failure("reach the max redirect count", { errno: 600008 });
      const next = parse(location, target);
      if (!isHttp(next)) throw new Failure(`invalid url "${location}"`, { errno: 600009 });
      if (answer.status === 303 || answer.status < 303 && method === "POST") [method, body] = ["GET", void 0];
      target = next;
    }
  }
  async function exchange({ options, method, place, headers, body }, settings, task) {
    const all = { ...headers };
    if (place.isLab) all["x-mock-caller"] = "mini-program";
    if (body !== void 0) all["content-length"] = String(body.length);
    const sent = Date.now();
    let head = sent;
    const { answer, abort } = send({
      url: place.url,
      method,
      headers: all,
      body,
      onHeaders: (seen) => {
        head = Date.now();
        if (leadsTo(seen, options) !== void 0) return;
        task.fire("headersReceived", { ...headersSeen(seen.headers, settings.headerCase), statusCode: seen.status });
      },
      onChunk: task.listens("chunkReceived") ? (chunk) => task.fire("chunkReceived", { data: chunk.buffer }) : void 0
    });
    task.onStop(abort);
    try {
      return { ...await answer, sent, head };
    } catch (error) {
      if (error.net === void 0) throw error;
      const text = `errcode:${error.net} cronet_error_code:${error.net} error_msg:${error.netName}`;
      throw new Failure(text, { errno: 600001 });
    }
  }
  function earlyEnd(task, device, timeout, settled2) {
    let settle;
    const failure = new Promise((_, reject) => {
      const end = (why) => {
        reject(why);
        settle();
        task.stop();
      };
      const timer = setTimeout(() => end(timedOut()), timeout);
      const release = device.interruptible(() => end(interrupted()));
      task.abort = () => end(aborted());
      settle = () => {
        if (task.isOver) return;
        task.isOver = true;
        task.abort = () => {
        };
        clearTimeout(timer);
        release();
        settled2();
      };
    });
    return { failure, settle };
  }

  // src/event_channel.js
  function eventChannel() {
    const entries = /* @__PURE__ */ new Map();
    const keep = (name, isKept) => entries.set(name, (entries.get(name) ?? []).filter(isKept));
    const add = (name, entry) => entries.set(name, [...entries.get(name) ?? [], entry]);
    return {
      on: (name, listener) => add(name, { listener }),
      once: (name, listener) => add(name, { listener, isOnce: true }),
      /** Takes one listener back, or all of an event. */
      off: (name, listener) => keep(name, (entry) => listener !== void 0 && entry.listener !== listener),
      emit: (name, ...given) => {
        for (const entry of entries.get(name) ?? []) {
          if (entry.isOnce) keep(name, (other) => other !== entry);
          entry.listener(...given);
        }
      }
    };
  }

  // src/screen.js
  var SHOWN = [
    "showToast",
    "hideToast",
    "showLoading",
    "hideLoading",
    "redirectTo",
    "reLaunch",
    "switchTab",
    "navigateBack",
    "navigateToMiniProgram",
    "exitMiniProgram",
    "setNavigationBarTitle",
    "setNavigationBarColor",
    "showNavigationBarLoading",
    "hideNavigationBarLoading",
    "setTabBarBadge",
    "removeTabBarBadge",
    "showTabBar",
    "hideTabBar",
    "startPullDownRefresh",
    "stopPullDownRefresh",
    "pageScrollTo",
    "hideKeyboard",
    "previewImage",
    "makePhoneCall",
    "vibrateShort",
    "vibrateLong",
    "setKeepScreenOn",
    "openPrivacyContract"
  ];
  var ANSWERED = {
    navigateTo: () => ({ eventChannel: eventChannel() }),
    showModal: () => ({ cancel: false, confirm: true, content: "" }),
    showActionSheet: () => ({ tapIndex: 0 }),
    getSetting: () => ({ authSetting: {}, subscriptionsSetting: { mainSwitch: true } }),
    openSetting: () => ({ authSetting: {}, subscriptionsSetting: { mainSwitch: true } }),
    authorize: () => ({}),
    requirePrivacyAuthorize: () => ({}),
    getPrivacySetting: () => ({ needAuthorization: false, privacyContractName: "\u300A\u5C0F\u7A0B\u5E8F\u9690\u79C1\u4FDD\u62A4\u6307\u5F15\u300B" })
  };
  function screen(device) {
    const functions = {};
    const add = (name, usual2) => {
      const work = asynchronous(name, (options) => device.answerTo(name, usual2(options)));
      functions[name] = (options) => {
        device.note(name, plain(options));
        return work(options);
      };
    };
    for (const name of SHOWN) add(name, () => ({}));
    for (const [name, usual2] of Object.entries(ANSWERED)) add(name, usual2);
    add("setClipboardData", ({ data }) => {
      device.clipboard = String(data);
      return {};
    });
    add("getClipboardData", () => ({ data: device.clipboard }));
    return functions;
  }
  function plain(options) {
    return Object.fromEntries(Object.entries(options ?? {}).filter(([, value]) => typeof value !== "function"));
  }

  // src/storage.js
  var ITEM_LIMIT = 1024 * 1024;
  var LIMIT_KB = 10 * 1024;
  function written(data) {
    if (Object.prototype.toString.call(data) === "[object Date]") return { type: "date", text: data.toISOString() };
    return { type: typeof data, text: data === void 0 ? "" : JSON.stringify(data) };
  }
  function restored({ type, text }) {
    if (type === "date") return new Date(text);
    return type === "undefined" ? void 0 : JSON.parse(text);
  }
  var size = (text) => encode(text).length;
  function storage(store) {
    const total = () => [...store].reduce((sum, [key, { text }]) => sum + size(key) + size(text), 0);
    const set = (key, data) => {
      if (typeof key !== "string") throw new Failure("parameter error: parameter.key should be String;");
      let item;
      try {
        item = written(data);
      } catch {
        throw new Failure("data can not be stringified");
      }
      if (item.text === void 0) item = written(void 0);
      if (size(item.text) > ITEM_LIMIT) throw new Failure("entry size limit reached, 1MB for a key");
      const old = store.get(key);
      const grown = size(item.text) + (old ? -size(old.text) : size(key));
      if (total() + grown > LIMIT_KB * 1024) throw new Failure("exceed storage max size 10Mb");
      store.set(key, item);
    };
    const get = (key) => {
      const item = store.get(key);
      if (!item) throw new Failure("data not found");
      return restored(item);
    };
    const info = () => ({ keys: [...store.keys()], currentSize: Math.ceil(total() / 1024), limitSize: LIMIT_KB });
    return {
      setStorageSync: sync("setStorageSync", set),
      // The empty text stands for a key that is not there.
      getStorageSync: (key) => store.has(key) ? get(key) : "",
      removeStorageSync: (key) => void store.delete(key),
      clearStorageSync: () => store.clear(),
      getStorageInfoSync: info,
      setStorage: asynchronous("setStorage", ({ key, data }) => set(key, data)),
      getStorage: asynchronous("getStorage", ({ key }) => ({ data: get(key) })),
      removeStorage: asynchronous("removeStorage", ({ key }) => void store.delete(key)),
      clearStorage: asynchronous("clearStorage", () => store.clear()),
      getStorageInfo: asynchronous("getStorageInfo", info)
    };
  }
  function sync(name, work) {
    return (...given) => {
      try {
        return work(...given);
      } catch (error) {
        if (error instanceof Failure) throw new Error(`${name}:fail ${error.message}`);
        throw error;
      }
    };
  }

  // src/system.js
  var PLATFORMS = {
    ios: { brand: "iPhone", model: "iPhone 15<iPhone15,4>", system: "iOS 17.0" },
    android: { brand: "HUAWEI", model: "ALN-AL00", system: "Android 12" },
    devtools: { brand: "devtools", model: "iPhone 15", system: "iOS 17.0" }
  };
  var SDK_VERSION = "3.6.0";
  var WIDTH = 393;
  var HEIGHT = 852;
  var STATUS_BAR = 47;
  function system({ platform = "ios", sdkVersion = SDK_VERSION }) {
    const phone = Object.hasOwn(PLATFORMS, platform) ? PLATFORMS[platform] : void 0;
    if (!phone) {
      const known = Object.keys(PLATFORMS).join(", ");
      throw new TypeError(`platform: \`${platform}\` is not known
hint: use one of ${known}`);
    }
    const safeArea = {
      left: 0,
      right: WIDTH,
      top: STATUS_BAR,
      bottom: HEIGHT - 34,
      width: WIDTH,
      height: HEIGHT - 34 - STATUS_BAR
    };
    const window2 = () => ({
      pixelRatio: 3,
      screenWidth: WIDTH,
      screenHeight: HEIGHT,
      windowWidth: WIDTH,
      windowHeight: HEIGHT - STATUS_BAR - 44,
      statusBarHeight: STATUS_BAR,
      screenTop: STATUS_BAR + 44,
      safeArea: { ...safeArea }
    });
    const device = () => ({
      abi: "arm64",
      benchmarkLevel: platform === "ios" ? -1 : 30,
      brand: phone.brand,
      cpuType: "unknown",
      deviceAbi: "arm64",
      memorySize: "6144",
      model: phone.model,
      platform,
      system: phone.system
    });
    const app2 = () => ({
      SDKVersion: sdkVersion,
      PCKernelVersion: "",
      enableDebug: false,
      fontSizeScaleFactor: 1,
      fontSizeSetting: 17,
      host: { appId: "" },
      language: "zh_CN",
      theme: "light",
      version: "8.0.49"
    });
    const setting = () => ({
      bluetoothEnabled: true,
      deviceOrientation: "portrait",
      locationEnabled: true,
      wifiEnabled: true
    });
    const authorize = () => ({
      albumAuthorized: "authorized",
      bluetoothAuthorized: "authorized",
      cameraAuthorized: "authorized",
      locationAuthorized: "authorized",
      locationReducedAccuracy: false,
      microphoneAuthorized: "authorized",
      notificationAlertAuthorized: "authorized",
      notificationAuthorized: "authorized",
      notificationBadgeAuthorized: "authorized",
      notificationSoundAuthorized: "authorized",
      phoneCalendarAuthorized: "authorized"
    });
    const everything = () => {
      const { abi, cpuType, deviceAbi, memorySize, ...ofDevice } = device();
      const { fontSizeScaleFactor, PCKernelVersion, ...ofApp } = app2();
      const granted = Object.entries(authorize()).map(([name, value]) => [name, value === "authorized"]);
      const { bluetoothAuthorized, ...ofAuthorize } = Object.fromEntries(granted);
      const { screenTop, ...ofWindow } = window2();
      return { ...ofApp, ...ofDevice, ...ofWindow, ...setting(), ...ofAuthorize };
    };
    return {
      getSystemInfoSync: everything,
      getSystemInfo: asynchronous("getSystemInfo", everything),
      getSystemInfoAsync: asynchronous("getSystemInfoAsync", everything),
      getDeviceInfo: device,
      getAppBaseInfo: app2,
      getWindowInfo: window2,
      getSystemSetting: setting,
      getAppAuthorizeSetting: authorize,
      getMenuButtonBoundingClientRect: () => ({
        width: 87,
        height: 32,
        top: STATUS_BAR + 4,
        right: WIDTH - 7,
        bottom: STATUS_BAR + 36,
        left: WIDTH - 94
      }),
      getNetworkType: asynchronous("getNetworkType", () => ({
        networkType: "wifi",
        weakNet: false,
        hasSystemProxy: false,
        signalStrength: -50
      }))
    };
  }

  // src/wx.js
  var OPTIONS2 = [
    "url",
    "world",
    "appid",
    "person",
    "adminToken",
    "hosts",
    "tenant",
    "passthrough",
    "domains",
    "storage",
    "headerCase",
    "timeout",
    "userAgent",
    "envVersion",
    "version",
    "platform",
    "sdkVersion",
    "launch"
  ];
  function createWx(options = {}) {
    const unknown = Object.keys(options).find((name) => !OPTIONS2.includes(name));
    if (unknown !== void 0) {
      throw new TypeError(`createWx has no option \`${unknown}\`
hint: it has ${OPTIONS2.join(", ")}`);
    }
    const lab = labAddress(options);
    const control = new Control({ base: lab.base, adminToken: options.adminToken });
    const { appid, person, platform, storage: store = /* @__PURE__ */ new Map() } = options;
    const device = new Device(control, { appid, person, platform, storage: store });
    const places = new Places(lab, readHosts(options.hosts), tenant(options, control), Boolean(options.passthrough));
    const wx = {};
    Object.assign(
      wx,
      login(device),
      accountInfo(options),
      requests(device, places, {
        domains: readDomains(options.domains),
        headerCase: checkHeaderCase(options.headerCase),
        timeout: options.timeout,
        userAgent: options.userAgent,
        referer: referer(options)
      }),
      storage(store),
      system(options),
      screen(device),
      app(device, wx, options),
      notHere()
    );
    belongs(wx, device);
    return wx;
  }
  function referer({ appid, platform, envVersion, version = "1.0.0" }) {
    if (appid === void 0) return void 0;
    const said = platform === "devtools" ? "devtools" : envVersion === "release" ? version : "0";
    return `https://servicewechat.com/${appid}/${said}/page-frame.html`;
  }
  function tenant({ tenant: given }, control) {
    if (given !== void 0) return async () => given ?? void 0;
    let asked;
    return () => {
      asked ??= control.call("GET", "world").then((world) => world.idaas?.domain);
      return asked;
    };
  }

  // src/expect_calls.js
  var CallsError = class extends Error {
    constructor(message) {
      super(message);
      this.name = "CallsError";
    }
  };
  var PARTIES = ["wechat", "idaas"];
  function checkCalls(expected, exchanges) {
    const wrong = Object.entries(expected).flatMap(([what, count]) => {
      const found = exchanges.filter((exchange2) => matches(exchange2, what)).length;
      return found === count ? [] : [`${what}: expected ${count}, found ${found}`];
    });
    if (wrong.length === 0) return;
    const all = exchanges.map(
      ({ from, to, method, target, status }) => `  ${from} \u2192 ${to}  ${method} ${target}  ${status}`
    );
    throw new CallsError([...wrong, all.length === 0 ? "nothing was called" : "called were", ...all].join("\n"));
  }
  function matches({ to, method, target }, what) {
    const isPhone = method === "CALL";
    if (PARTIES.includes(what)) return !isPhone && to === what;
    if (!what.startsWith("/")) return isPhone && target === what;
    const [path] = target.split("?");
    return !isPhone && (path === what || path.startsWith(what.endsWith("/") ? what : `${what}/`));
  }

  // src/lab.js
  function createLab(options = {}) {
    return new Lab(options);
  }
  var Lab = class _Lab {
    #control;
    #where;
    #adminToken;
    constructor({ url, world, adminToken, ...rest }) {
      const [unknown] = Object.keys(rest);
      if (unknown !== void 0) {
        throw new TypeError(`createLab has no option \`${unknown}\`
hint: it has url, world, adminToken`);
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
      const { name } = await this.#control.call("POST", "worlds", options);
      return this.#named(name);
    }
    /** Another world of the same lab. */
    #named(name) {
      return new _Lab({ url: this.#where.origin, world: name, adminToken: this.#adminToken });
    }
    /** All worlds. */
    async worlds() {
      return (await this.#control.call("GET", "worlds")).worlds;
    }
    /** Takes this world away. */
    async delete() {
      if (this.name === void 0) {
        throw new LabError("this lab names no world", { hint: "delete the one that createWorld gave" });
      }
      await this.#control.call("DELETE", `worlds/${this.name}`);
    }
    /** The world file as it is now: whole, unmasked. */
    export() {
      return this.#control.call("GET", "world");
    }
    /** Makes the world anew from a world file. */
    async replace(world) {
      await this.#control.call("PUT", "world", world);
    }
    /** Changes parts of the world; codes, tokens and sessions stay. */
    async change(part) {
      await this.#control.call("PATCH", "world", part);
    }
    /** Puts the world back to its seed. */
    async reset() {
      await this.#control.call("POST", "world/reset");
    }
    /** The world's clock. Nothing waits. */
    clock = {
      now: async () => new Date((await this.#control.call("GET", "clock")).now),
      advance: (by) => this.#steer({ advance: duration(by) }),
      set: (to) => this.#steer({ set: to instanceof Date ? to.toISOString() : to }),
      freeze: () => this.#steer({ freeze: true }),
      resume: () => this.#steer({ resume: true })
    };
    async #steer(change) {
      return new Date((await this.#control.call("PUT", "clock", change)).now);
    }
    /** Codes, tokens and keys that were handed out. */
    async artefacts(filter) {
      return (await this.#control.call("GET", `artefacts${query(filter)}`)).artefacts;
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
      return (await this.#control.call("POST", "artefacts/age", body)).altered;
    }
    /** Planned misbehaviour: `faults.plan('system_error')`, or `{ where, when, what }`. */
    faults = {
      plan: (fault) => this.#control.call("POST", "faults", typeof fault === "string" ? { preset: fault } : fault),
      list: async () => (await this.#control.call("GET", "faults")).faults,
      clear: async (name) => {
        const path = name === void 0 ? "faults" : `faults/${encodeURIComponent(name)}`;
        return (await this.#control.call("DELETE", path)).cleared;
      }
    };
    /** SMS and e-mails that IDaaS sent, newest first. */
    async outbox(to) {
      return (await this.#control.call("GET", `outbox${query({ to })}`)).messages;
    }
    /** Exchanges, oldest first. */
    async journal(filter) {
      return (await this.#control.call("GET", `journal${query(filter)}`)).exchanges;
    }
    /** Forgets all exchanges. */
    async clearJournal() {
      await this.#control.call("DELETE", "journal");
    }
    /** The story of one answer, by its request id or a whole `errmsg`. */
    explain(rid) {
      return this.#control.call("GET", `explain/${encodeURIComponent(rid)}`);
    }
    /** Where the piece of a slider picture belongs. */
    async captcha(token) {
      return (await this.#control.call("GET", `captcha/${encodeURIComponent(token)}`)).x;
    }
    /** Counts the calls of this world: `expectCalls({ '/sns/jscode2session': 1, idaas: 0 })`. */
    async expectCalls(expected, { since } = {}) {
      checkCalls(expected, await this.journal({ since, limit: 1e6 }));
    }
    /** What `wx.login` gives on this person's phone. */
    loginCode(person, options = {}) {
      return this.#code("login", { person, ...options });
    }
    /** What the phone number button hands over when this person agrees. */
    phoneCode(person, options = {}) {
      return this.#code("phone-number", { person, ...options });
    }
    async #code(call, body) {
      const answer = await this.#control.call("POST", `device/${call}`, body);
      if (answer.code === void 0) throw new LabError(`the phone was told \`${answer.errMsg}\``);
      return answer.code;
    }
    /** A wx object on a person's phone in this world, with the world's first Mini Program unless `appid` names one. */
    async wx(options = {}) {
      const { wechat, idaas } = await this.export();
      const app2 = wechat.mini_programs.find(({ appid }) => options.appid === void 0 || appid === options.appid);
      return createWx({
        url: this.url,
        adminToken: this.#adminToken,
        appid: app2?.appid,
        envVersion: app2?.env_version,
        version: app2?.version,
        tenant: idaas?.domain ?? null,
        ...options
      });
    }
  };
  var which = (artefact) => typeof artefact === "string" ? { artefact } : artefact;
  var duration = (by) => typeof by === "number" ? `${by}ms` : by;

  // src/index.js
  var button = buttonsOf(void 0);

  // src/browser.js
  var KNOWN = ["appid", "person", "world", "tenant", "platform", "envVersion", "adminToken"];
  function start(address) {
    const { origin, pathname, searchParams } = new URL(address);
    const unknown = [...searchParams.keys()].find((name) => !KNOWN.includes(name));
    if (unknown !== void 0) throw new TypeError(`wx.js takes no \`${unknown}\`
hint: it takes ${KNOWN.join(", ")}`);
    const url = origin + (/^\/__world\/[^/]+/.exec(pathname)?.[0] ?? "");
    const given = Object.fromEntries(searchParams);
    const storage2 = new BrowserStorage(`mockwx:${given.appid ?? ""}:${given.person ?? ""}:`, window.localStorage);
    const wx = createWx({ tenant: null, passthrough: true, ...given, url, storage: storage2 });
    const { world, adminToken } = given;
    return { wx, device: deviceOf(wx), button: buttonsOf(wx), lab: createLab({ url, world, adminToken }) };
  }
  window.mockwx = start(document.currentScript.src);
  window.wx = window.mockwx.wx;
})();
