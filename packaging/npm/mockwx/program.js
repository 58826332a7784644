"use strict";

const NAME = process.platform === "win32" ? "mockwx.exe" : "mockwx";

/** The path of the program that npm installed for this machine. */
function path() {
  const platform = `${process.platform}-${process.arch}`;
  const { optionalDependencies = {} } = require("./package.json");
  const wanted = `@mockwx/${platform}`;
  if (!(wanted in optionalDependencies)) {
    throw new Error(`there is no mockwx for ${platform}\nhint: build it with cargo and name it in MOCKWX_BIN`);
  }
  try {
    return require.resolve(`${wanted}/bin/${NAME}`);
  } catch (error) {
    if (error.code !== "MODULE_NOT_FOUND") throw error;
    throw new Error(
      `the package ${wanted} is missing, which holds the program\n` +
        "hint: install without --omit=optional, on this machine: node_modules of another one does not fit",
    );
  }
}

module.exports = { path };
