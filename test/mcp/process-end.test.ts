import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, test, vi } from "vitest";
import { Evidence, isThere, untilGone } from "./evidence.ts";

vi.setConfig({ testTimeout: 60_000 });

const CALLER = fileURLToPath(new URL("child-caller.ts", import.meta.url));

/** A process that uses a server of this manner, as soon as it does. */
async function caller(evidence: Evidence, manner: string, { thenWaits }: { readonly thenWaits: boolean }) {
  const how = JSON.stringify({ ...evidence.server(manner), thenWaits });
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", CALLER, how], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(child, "close");
  await once(child.stdout, "data");
  return { child, ended };
}

test("a program that closes nothing ends when it has nothing else to do, and its server with it", async () => {
  using evidence = new Evidence();
  const { child, ended } = await caller(evidence, "stubborn", { thenWaits: false });
  await ended;
  expect(child.exitCode).toBe(0);
  await Promise.all([...evidence.pids(), ...evidence.pids("inner")].map(untilGone));
});

test.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)(
  "a program that is ended by %s takes its servers with it, and dies of the signal",
  async (signal) => {
    using evidence = new Evidence();
    const { child, ended } = await caller(evidence, "stubborn", { thenWaits: true });
    expect([...evidence.pids(), ...evidence.pids("inner")].map(isThere)).toEqual([true, true]);
    child.kill(signal);
    await ended;
    expect(child.signalCode).toBe(signal);
    await Promise.all([...evidence.pids(), ...evidence.pids("inner")].map(untilGone));
  },
);

test("a server made with the package ends when the program that started it is killed outright", async () => {
  using evidence = new Evidence();
  const { child, ended } = await caller(evidence, "well", { thenWaits: true });
  child.kill("SIGKILL");
  await ended;
  await Promise.all(evidence.pids().map(untilGone));
});
