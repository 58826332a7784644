#!/usr/bin/env node
// Makes the npm packages from built programs: node packaging/npm/assemble.mjs [PROGRAMS [OUT]]
//
// PROGRAMS [target/packages/bin] has a folder for each Rust target, as packaging/build fills it. Each becomes a package
// @mockwx/PLATFORM below OUT [target/packages/npm]; `mockwx` itself depends on all that are released, made here or not.

import { chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = resolve(HERE, "../..");
const LICENCES = ["LICENSE-APACHE", "LICENSE-MIT"];

const [programs, out] = [
  resolve(process.argv[2] ?? join(ROOT, "target/packages/bin")),
  resolve(process.argv[3] ?? join(ROOT, "target/packages/npm")),
];
const targets = JSON.parse(readFileSync(join(HERE, "../targets.json"), "utf8"));
const { 1: version } = /^version = "(.+)"$/m.exec(readFileSync(join(ROOT, "Cargo.toml"), "utf8"));

const made = targets.filter(platformPackage);
if (made.length === 0) {
  console.error(`assemble: ${programs} has no program of any target\nhint: packaging/build ${targets[0].target}`);
  process.exit(2);
}
launcher();
for (const { npm } of targets) {
  console.log(`${existsSync(join(out, "@mockwx", npm)) ? "made   " : "missing"} @mockwx/${npm}@${version}`);
}
console.log(`made    mockwx@${version}`);

/** The package that holds one platform's program; says whether there is one. */
function platformPackage({ target, npm }) {
  const [os, cpu] = npm.split("-");
  const program = os === "win32" ? "mockwx.exe" : "mockwx";
  const folder = join(out, "@mockwx", npm);
  rmSync(folder, { recursive: true, force: true });
  if (!existsSync(join(programs, target, program))) return false;
  mkdirSync(join(folder, "bin"), { recursive: true });
  copyFileSync(join(programs, target, program), join(folder, "bin", program));
  chmodSync(join(folder, "bin", program), 0o755);
  writeJson(join(folder, "package.json"), {
    name: `@mockwx/${npm}`,
    version,
    description: `The program of the package mockwx, for ${npm}`,
    license: "MIT OR Apache-2.0",
    files: ["bin", "LICENSE-*"],
    os: [os],
    cpu: [cpu],
    // Yarn's zip archives cannot be executed from.
    preferUnplugged: true,
  });
  writeFileSync(join(folder, "README.md"), `# @mockwx/${npm}\n\nThe program of the package \`mockwx\`, for ${npm}.\n`);
  licences(folder);
  return true;
}

/** The package that people install: it finds the platform's program and runs it. */
function launcher() {
  const folder = join(out, "mockwx");
  rmSync(folder, { recursive: true, force: true });
  cpSync(join(HERE, "mockwx"), folder, { recursive: true });
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  manifest.version = version;
  manifest.optionalDependencies = Object.fromEntries(targets.map(({ npm }) => [`@mockwx/${npm}`, version]));
  writeJson(join(folder, "package.json"), manifest);
  licences(folder);
}

function licences(folder) {
  for (const name of LICENCES) copyFileSync(join(ROOT, name), join(folder, name));
}

function writeJson(path, value) {
  writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`);
}
