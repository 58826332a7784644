// @ts-check

App({
  onError(error) {
    console.error(error);
  },
});
