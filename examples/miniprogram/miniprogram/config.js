// @ts-check
// Where the systems are that the Mini Program talks to. Both names stand in the list of request domains on the WeChat
// public platform. In development they run on the developer's machine.

const ADDRESSES = {
  develop: { idaas: 'http://127.0.0.1:17080', shop: 'http://127.0.0.1:3000' },
  trial: { idaas: 'https://acme.example', shop: 'https://shop.acme.example' },
  release: { idaas: 'https://acme.example', shop: 'https://shop.acme.example' },
};

/** The application of IDaaS that this Mini Program belongs to. */
const CLIENT_ID = 'nTo1eRIub60vPb54WeE6aojPwYwImtl4';

module.exports = { ...ADDRESSES[wx.getAccountInfoSync().miniProgram.envVersion], clientId: CLIENT_ID };
