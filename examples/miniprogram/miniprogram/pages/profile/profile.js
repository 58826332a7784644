// @ts-check
// Who the customer is, as the shop read it from a verified id_token, and what the shop keeps beside it.

const attempting = require('../../behaviors/attempting');
const account = require('../../services/account');
const shop = require('../../services/shop');
const { loginCode } = require('../../services/wechat');

Component({
  behaviors: [attempting],
  data: {
    /** @type {shop.Customer | null} */
    customer: null,
  },
  methods: {
    onLoad() {
      return this.show(() => shop.me());
    },

    async onPullDownRefresh() {
      await this.show(() => shop.me());
      wx.stopPullDownRefresh();
    },

    onEnablePayment() {
      return this.show(async () => shop.enablePayment(await loginCode()));
    },

    /** @param {WechatMiniprogram.CustomEvent<{ code: string }>} event */
    onContactCode({ detail }) {
      return this.show(() => shop.saveContact(detail.code));
    },

    /** @param {WechatMiniprogram.CustomEvent<{ message: string }>} event */
    onContactRefused({ detail }) {
      this.setData({ message: detail.message });
    },

    onLogout() {
      account.logout();
      wx.reLaunch({ url: '/pages/login/login' });
    },

    /** @param {() => Promise<shop.Customer>} ask */
    show(ask) {
      return this.attempt(async () => {
        try {
          this.setData({ customer: await ask() });
        } catch (error) {
          if (!(error instanceof account.LoginNeeded)) throw error;
          wx.reLaunch({ url: '/pages/login/login' });
        }
      });
    },
  },
});
