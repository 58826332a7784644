// @ts-check
// What every page and form does around a call: one at a time, and if it does not work, say so.

const { wordsFor } = require('../services/words');

module.exports = Behavior({
  data: { busy: false, message: '' },
  methods: {
    /** @param {() => Promise<void>} work */
    async attempt(work) {
      // A second tap while the first is under way would spend a second code.
      if (this.data.busy) return;
      this.setData({ busy: true, message: '' });
      try {
        await work();
      } catch (error) {
        this.setData({ message: wordsFor(error) });
      } finally {
        this.setData({ busy: false });
      }
    },
  },
});
