// A page of a Mini Program as its developers wrote it: it knows the global wx, and nothing of a mock.

'use strict';

const LOGIN = 'https://acme.example/api/v2/sdk/login/wechat-miniprogram';

const header = {
  'X-client-id': 'nTo1eRIub60vPb54WeE6aojPwYwImtl4',
  'X-operating-sys-version': 'iOS 17.0',
  'X-device-fingerprint': 'a-phone',
  'X-agent': 'shop/1.0',
};

module.exports = {
  data: { status: '', phoneCode: '' },

  setData(changes) {
    Object.assign(this.data, changes);
  },

  async onLogin() {
    const { code } = await wx.login();
    await new Promise((complete) => {
      wx.request({
        url: LOGIN,
        method: 'POST',
        header,
        data: { code },
        success: ({ data }) => this.setData({ status: data.status }),
        fail: ({ errMsg }) => wx.showToast({ title: errMsg }),
        complete,
      });
    });
  },

  onPhone({ detail }) {
    if (detail.code) this.setData({ phoneCode: detail.code });
    else wx.showToast({ title: 'no number, then' });
  },
};
