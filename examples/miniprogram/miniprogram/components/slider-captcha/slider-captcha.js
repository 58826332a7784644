// @ts-check
// The slider picture that IDaaS wants solved before it sends a code.

const attempting = require('../../behaviors/attempting');
const idaas = require('../../services/idaas');

/** Pictures are this many pixels wide, and the slider counts in their pixels. */
const PICTURE_WIDTH = 310;

Component({
  behaviors: [attempting],
  properties: {
    /** the number or address that the code will go to */
    sender: String,
  },
  data: { width: PICTURE_WIDTH, token: '', background: '', piece: '', x: 0 },
  lifetimes: {
    attached() {
      this.attempt(() => this.draw());
    },
  },
  methods: {
    async draw() {
      const { token, originalImageBase64, jigsawImageBase64 } = await idaas.captcha();
      this.setData({
        token,
        background: `data:image/png;base64,${originalImageBase64}`,
        piece: `data:image/png;base64,${jigsawImageBase64}`,
        x: 0,
      });
    },

    /** @param {WechatMiniprogram.SliderChange} event */
    onMove({ detail }) {
      this.setData({ x: detail.value });
    },

    /** @param {WechatMiniprogram.SliderChange} event */
    async onDrop({ detail }) {
      await this.attempt(async () => {
        try {
          const captchaToken = await idaas.verifyCaptcha(this.data.token, detail.value, this.data.sender);
          this.triggerEvent('solved', { captchaToken });
        } catch (error) {
          // A picture is good for one try.
          await this.draw();
          throw error;
        }
      });
    },
  },
});
