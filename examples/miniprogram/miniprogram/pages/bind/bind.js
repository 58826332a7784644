// @ts-check
// WeChat knows the customer, the shop does not yet: which account is theirs? What is offered depends on the tenant, which
// takes existing accounts only or makes new ones, and on the proofs that it accepts.

const attempting = require('../../behaviors/attempting');
const account = require('../../services/account');

/** @typedef {Parameters<typeof account.bindByCode>} Proof */

Component({
  behaviors: [attempting],
  data: { register: false, byPhone: false, byEmail: false },
  methods: {
    onLoad() {
      if (!account.openLogin()) return this.onStartAgain();
      const { phone, email } = account.means();
      this.setData({ register: account.mayRegister(), byPhone: phone, byEmail: email });
    },

    /** @param {WechatMiniprogram.CustomEvent<{ code: string }>} event */
    onPhoneCode({ detail }) {
      return this.proceed(() => account.bindByPhone(detail.code));
    },

    /** @param {WechatMiniprogram.CustomEvent<{ message: string }>} event */
    onPhoneRefused({ detail }) {
      this.setData({ message: detail.message });
    },

    /** @param {WechatMiniprogram.CustomEvent<{ recipient: Proof[0], verifyCode: Proof[1] }>} event */
    onProved({ detail }) {
      return this.proceed(() => account.bindByCode(detail.recipient, detail.verifyCode));
    },

    /** @param {WechatMiniprogram.CustomEvent<{ userName: string, password: string }>} event */
    onPassword({ detail }) {
      return this.proceed(() => account.bindByPassword(detail.userName, detail.password));
    },

    onStartAgain() {
      wx.reLaunch({ url: '/pages/login/login' });
    },

    /** @param {() => Promise<account.Next>} bind */
    proceed(bind) {
      return this.attempt(async () => {
        // A bind can leave the login open once more. Then this page stays.
        if ((await bind()) === 'in') wx.reLaunch({ url: '/pages/profile/profile' });
      });
    },
  },
});
