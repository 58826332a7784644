// @ts-check
// The user name and password of an account on the shop's web site.

Component({
  properties: { disabled: Boolean },
  data: { userName: '', password: '' },
  methods: {
    /** @param {WechatMiniprogram.Input} event */
    onUserName({ detail }) {
      this.setData({ userName: detail.value.trim() });
    },

    /** @param {WechatMiniprogram.Input} event */
    onPassword({ detail }) {
      this.setData({ password: detail.value });
    },

    onSubmit() {
      const { userName, password } = this.data;
      if (userName && password) this.triggerEvent('filled', { userName, password });
    },
  },
});
