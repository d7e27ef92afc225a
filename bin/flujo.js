#!/usr/bin/env node
// Plain JavaScript in the oldest syntax we expect to meet: an old Node must reach the sentence below
// and not stop at a syntax error of something newer.
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(`flujo needs Node 22.18 or newer; this is Node ${process.versions.node}. Install a newer Node and try again.`);
  process.exitCode = 2;
} else {
  // `#cli` is the built program, or the sources when Node runs with `--conditions=flujo-src`.
  await import("#cli");
}
