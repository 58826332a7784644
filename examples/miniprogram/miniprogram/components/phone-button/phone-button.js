// @ts-check
// One button for a phone number. Quick verification hands over a number that WeChat verified some time ago; real-time
// verification checks it now and costs more. Each has an event of its own: with the other's nothing would be heard.

const { wordsForNoNumber } = require('../../services/words');

/** @typedef {WechatMiniprogram.ButtonGetPhoneNumber & { detail: { errno?: number } }} PhoneEvent */

Component({
  properties: {
    realtime: Boolean,
    disabled: Boolean,
  },
  methods: {
    /** @param {PhoneEvent} event */
    onPhone({ detail: { code, errno } }) {
      if (code) this.triggerEvent('code', { code });
      else this.triggerEvent('refused', { message: wordsForNoNumber(errno) });
    },
  },
});
