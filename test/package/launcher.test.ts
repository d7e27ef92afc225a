import { execFile } from "node:child_process";
import { expect, test } from "vitest";

const pretend = (version: string): string =>
  `data:text/javascript,Object.defineProperty(process, "versions", { value: { ...process.versions, node: "${version}" } })`;

test.each(["18.20.0", "20.20.2", "22.17.1"])("on Node %s the launcher says in one line what is missing", async (version) => {
  const ended = await new Promise((done) => {
    execFile(process.execPath, ["--import", pretend(version), "bin/flujo.js", "version"], (error, stdout, stderr) =>
      done({ code: error?.code, stdout, stderr }),
    );
  });
  expect(ended).toEqual({
    code: 2,
    stdout: "",
    stderr: `flujo needs Node 22.18 or newer; this is Node ${version}. Install a newer Node and try again.\n`,
  });
});
