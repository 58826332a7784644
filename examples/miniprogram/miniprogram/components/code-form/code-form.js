// @ts-check
// A mobile number or an e-mail address, proved by a code that is sent there.

const attempting = require('../../behaviors/attempting');
const idaas = require('../../services/idaas');

const SECONDS_BETWEEN_CODES = 60;

Component({
  behaviors: [attempting],
  properties: {
    byPhone: Boolean,
    byEmail: Boolean,
    /** whether the code is for a new account, too */
    register: Boolean,
    disabled: Boolean,
  },
  data: { byEmailNow: false, recipient: '', code: '', solving: false, wait: 0 },
  observers: {
    /**
     * @param {boolean} byPhone
     * @param {boolean} byEmail
     */
    'byPhone, byEmail': function (byPhone, byEmail) {
      if (byEmail && !byPhone) this.setData({ byEmailNow: true });
    },
  },
  lifetimes: {
    detached() {
      this.setData({ wait: 0 });
    },
  },
  methods: {
    onSwitch() {
      this.setData({ byEmailNow: !this.data.byEmailNow, recipient: '', code: '', solving: false, message: '' });
    },

    /** @param {WechatMiniprogram.Input} event */
    onRecipient({ detail }) {
      this.setData({ recipient: detail.value.trim(), solving: false });
    },

    /** @param {WechatMiniprogram.Input} event */
    onCode({ detail }) {
      this.setData({ code: detail.value.trim() });
    },

    onAskForCode() {
      const { byEmailNow, recipient } = this.data;
      const looksRight = (byEmailNow ? /^\S+@\S+\.\S+$/ : /^1\d{10}$/).test(recipient);
      if (looksRight) this.setData({ solving: true, message: '' });
      else this.setData({ message: byEmailNow ? '请输入正确的邮箱' : '请输入正确的手机号' });
    },

    /** @param {WechatMiniprogram.CustomEvent<{ captchaToken: string }>} event */
    async onSolved({ detail }) {
      this.setData({ solving: false });
      await this.attempt(async () => {
        await idaas.sendCode(this.recipient(), this.data.register ? 'register' : 'bind', detail.captchaToken);
        this.setData({ wait: SECONDS_BETWEEN_CODES });
        this.countDown();
      });
    },

    onSubmit() {
      if (this.data.code) this.triggerEvent('proved', { recipient: this.recipient(), verifyCode: this.data.code });
      else this.setData({ message: '请输入验证码' });
    },

    /** @returns {idaas.Recipient} */
    recipient() {
      const { byEmailNow, recipient } = this.data;
      return byEmailNow ? { email: recipient } : { mobile: recipient };
    },

    countDown() {
      setTimeout(() => {
        if (this.data.wait === 0) return;
        this.setData({ wait: this.data.wait - 1 });
        this.countDown();
      }, 1000);
    },
  },
});
