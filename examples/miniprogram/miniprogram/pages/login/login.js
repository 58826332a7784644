// @ts-check
// Three ways in: the WeChat identity, or a phone number by either button.

const attempting = require('../../behaviors/attempting');
const account = require('../../services/account');

const PAGES = { in: '/pages/profile/profile', bind: '/pages/bind/bind' };

Component({
  behaviors: [attempting],
  methods: {
    onWechat() {
      return this.proceed(() => account.login());
    },

    /** @param {WechatMiniprogram.CustomEvent<{ code: string }>} event */
    onPhoneCode({ detail }) {
      return this.proceed(() => account.loginByPhone(detail.code));
    },

    /** @param {WechatMiniprogram.CustomEvent<{ message: string }>} event */
    onPhoneRefused({ detail }) {
      this.setData({ message: detail.message });
    },

    /** @param {() => Promise<account.Next>} login */
    proceed(login) {
      return this.attempt(async () => {
        wx.reLaunch({ url: PAGES[await login()] });
      });
    },
  },
});
