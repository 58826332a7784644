// @ts-check
// The first page: back to where the customer was, without a question if that is possible.

const attempting = require('../../behaviors/attempting');
const account = require('../../services/account');

Component({
  behaviors: [attempting],
  methods: {
    onLoad() {
      return this.enter();
    },

    enter() {
      return this.attempt(async () => {
        const where = await account.enter();
        wx.reLaunch({ url: where === 'in' ? '/pages/profile/profile' : '/pages/login/login' });
      });
    },

    onOtherWay() {
      wx.reLaunch({ url: '/pages/login/login' });
    },
  },
});
