// Lets a Mini Program in WeChat DevTools, or on a phone that it debugs, get its codes from a mockwx on this network.
//
// Copy this file beside app.js, and write as the first line of app.js:
//
//   require('./mockwx.js').install({ url: 'http://127.0.0.1:17080', person: 'alice' });
//
// It acts in the develop version only: in trial and release versions `install` does nothing. Then `wx.login` gives a
// code of the mock, and the phone number buttons hand their handlers a code of the mock. A person who refuses on the
// real sheet has refused. Everything else is as it was.
//
// Plain ES5: DevTools may compile it, or not.

'use strict';

var EVENTS = { getphonenumber: false, getrealtimephonenumber: true };
var USER_SAYS_NO = /deny|cancel/;

/**
 * Puts the mock in its place.
 *
 * @param {{ url: string, world?: string, appid?: string, person?: string, adminToken?: string }} options
 *   `url`: the mock's address, on a phone that of this computer in the network; it may end in `/__world/NAME`.
 *   `appid`: the Mini Program in the mock, when it has another appid there.
 * @returns {boolean} whether it was done: only in the develop version
 */
function install(options) {
  if (envVersion() !== 'develop') return false;
  if (!options || typeof options.url !== 'string' || !/^https?:\/\//.test(options.url)) {
    throw new Error('mockwx: install wants the address of the mock: install({ url: "http://127.0.0.1:17080" })');
  }
  var device = phone(options);
  replace(wx, 'login', function (given) {
    return answered('login', given || {}, function (done) {
      device('login', {}, done);
    });
  });
  if (typeof Page === 'function') Page = registering(Page, device);
  if (typeof Component === 'function') Component = registering(Component, device);
  if (typeof Behavior === 'function') Behavior = registering(Behavior, device);
  console.info('mockwx: wx.login and the phone number buttons get their codes from ' + options.url);
  return true;
}

function envVersion() {
  try {
    return wx.getAccountInfoSync().miniProgram.envVersion;
  } catch (error) {
    // Whoever cannot tell the version gets the real thing.
    return undefined;
  }
}

/** Calls of the mock's phone, by the real wx.request. `done` gets what a callback would be handed. */
function phone(options) {
  var request = wx.request;
  var base = options.url.replace(/\/+$/, '') + (options.world ? '/__world/' + options.world : '');
  var appid = options.appid || wx.getAccountInfoSync().miniProgram.appId;
  return function (call, more, done) {
    var body = { appid: appid };
    if (options.person) body.person = options.person;
    for (var name in more) body[name] = more[name];
    var header = { 'content-type': 'application/json' };
    if (options.adminToken) header['x-mock-admin-token'] = options.adminToken;
    request({
      url: base + '/__admin/v1/device/' + call,
      method: 'POST',
      header: header,
      data: body,
      success: function (answer) {
        var error = answer.data && answer.data.error;
        if (error) return done(trouble(error.message + (error.hint ? ' (' + error.hint + ')' : '')));
        if (!answer.data || typeof answer.data !== 'object') return done(trouble('no mock answers at ' + base));
        done(answer.data);
      },
      fail: function (failure) {
        done(trouble('no mock answers at ' + base + ': ' + failure.errMsg));
      },
    });
  };
}

function trouble(message) {
  console.warn('mockwx: ' + message);
  return { errMsg: ':fail mockwx: ' + message, errno: 4 };
}

/** Answers as wx does: by callbacks when any is given, else by a promise. */
function answered(name, given, work) {
  function named(answer) {
    if (answer.errMsg.charAt(0) === ':') answer.errMsg = name + answer.errMsg;
    return answer;
  }
  if (given.success || given.fail || given.complete) {
    work(function (answer) {
      var isOk = named(answer).errMsg === name + ':ok';
      var callback = isOk ? given.success : given.fail;
      if (callback) callback(answer);
      if (given.complete) given.complete(answer);
    });
    return undefined;
  }
  return new Promise(function (resolve, reject) {
    work(function (answer) {
      (named(answer).errMsg === name + ':ok' ? resolve : reject)(answer);
    });
  });
}

/** `Page`, `Component` or `Behavior` that wraps the handlers it is given. */
function registering(register, device) {
  return function (definition) {
    wrapAll(definition, device);
    if (definition && definition.methods) wrapAll(definition.methods, device);
    return register.apply(this, arguments);
  };
}

function wrapAll(methods, device) {
  for (var name in methods) {
    if (Object.prototype.hasOwnProperty.call(methods, name) && typeof methods[name] === 'function') {
      methods[name] = wrapped(methods[name], device);
    }
  }
}

/** A method that first fetches the mock's code when it is called with a phone button's event. */
function wrapped(method, device) {
  return function (event) {
    var page = this;
    var given = arguments;
    if (!isPhoneEvent(event) || event.isOfMock || USER_SAYS_NO.test(event.detail.errMsg))
      return method.apply(page, given);
    device('phone-number', { realtime: EVENTS[event.type] }, function (detail) {
      if (detail.errMsg.charAt(0) === ':') detail.errMsg = 'getPhoneNumber' + detail.errMsg;
      var rest = Array.prototype.slice.call(given, 1);
      method.apply(page, [withDetail(event, detail)].concat(rest));
    });
    return undefined;
  };
}

function isPhoneEvent(event) {
  return !!event && Object.prototype.hasOwnProperty.call(EVENTS, event.type) && !!event.detail;
}

function withDetail(event, detail) {
  var copy = {};
  for (var name in event) copy[name] = event[name];
  copy.detail = detail;
  // A handler may hand its event to another one; that must not fetch a second code.
  Object.defineProperty(copy, 'isOfMock', { value: true });
  return copy;
}

/** Members of wx may be read-only, but they can be defined anew. */
function replace(object, name, value) {
  Object.defineProperty(object, name, { value: value, writable: true, configurable: true, enumerable: true });
}

module.exports = { install: install };
