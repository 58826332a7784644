#!/usr/bin/env node
"use strict";

// Runs the program of the platform package as if it had been called itself: arguments, streams, signals, exit code.

const { spawn } = require("node:child_process");
const program = require("../program.js");

const onATerminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
// A terminal sends Ctrl-C to both processes; sent on, it would count as a second one.
const passedOn = onATerminal ? ["SIGTERM", "SIGHUP"] : ["SIGTERM", "SIGHUP", "SIGINT"];

function say(error) {
  process.stderr.write(`mockwx: ${error.message}\n`);
  process.exitCode = 5;
}

function run(path) {
  const child = spawn(path, process.argv.slice(2), { stdio: "inherit" });
  const send = (signal) => child.kill(signal);
  for (const signal of passedOn) process.on(signal, send);
  if (onATerminal) process.on("SIGINT", () => {});
  child.on("error", (error) => say(new Error(`${path} does not start: ${error.message}`)));
  child.on("exit", (code, signal) => {
    if (signal === null) {
      process.exitCode = code;
      return;
    }
    // Killed as the program was killed, for whoever looks.
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

try {
  run(program.path());
} catch (error) {
  say(error);
}
