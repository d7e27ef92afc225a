import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { afterEach, describe, expect, test } from "vitest";
import type { Owner } from "../model/run-record.ts";
import { isAlive, releaseOwner, thisProcess } from "./ownership.ts";
import { bootIdOf, factsOf, factsOfStat, UNKNOWN } from "./process-facts.ts";

const self = thisProcess("self");
const children: ChildProcess[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

function startChild(): ChildProcess {
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
  children.push(child);
  return child;
}

/** What another process would say of itself. */
function ownerOf(child: ChildProcess): Owner {
  const pid = child.pid ?? 0;
  const facts = factsOf(pid, process.platform);
  return { ...self, pid, processStart: facts.is === "there" ? facts.start : "gone", instance: "0:child" };
}

describe("an owner is alive", () => {
  test("while its process is there", () => {
    expect(isAlive(ownerOf(startChild()), self)).toBe(true);
  });

  test("when it is on another machine, which cannot be seen from here", () => {
    expect(isAlive({ ...self, host: `${self.host}-other`, pid: 1, processStart: "0" }, self)).toBe(true);
  });

  test("when it is this process and its Flujo object is open", () => {
    expect(isAlive(thisProcess("open"), self)).toBe(true);
  });

  test("when it is in another thread of this process, which cannot be seen from here", () => {
    expect(isAlive({ ...self, instance: "77:other" }, self)).toBe(true);
  });

  test("when the system tells neither its boot nor its start, but the process id is there", () => {
    expect(isAlive({ ...ownerOf(startChild()), processStart: UNKNOWN, bootId: UNKNOWN }, self)).toBe(true);
  });
});

describe("an owner is dead", () => {
  test("once its process was killed, even while its parent has not noticed", async () => {
    const child = startChild();
    const owner = ownerOf(child);
    child.kill("SIGKILL");
    await expect.poll(() => isAlive(owner, self), { interval: 1, timeout: 5_000 }).toBe(false);
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    expect(isAlive(owner, self)).toBe(false);
  });

  test("when its process id now belongs to a process that began at another time", () => {
    expect(isAlive({ ...ownerOf(startChild()), processStart: "1" }, self)).toBe(false);
  });

  test("when this process has its id, but began at another time", () => {
    expect(isAlive({ ...self, processStart: "1" }, self)).toBe(false);
  });

  test("when the machine was started anew since", () => {
    expect(isAlive({ ...self, bootId: "another" }, self)).toBe(false);
  });

  test("when its Flujo object in this process was closed", () => {
    const owner = thisProcess("closed");
    releaseOwner(owner);
    expect(isAlive(owner, self)).toBe(false);
  });
});

describe("what the system says of a process", () => {
  test("the start time is found behind a command with spaces and brackets", () => {
    const rest = Array.from({ length: 30 }, (_, index) => `f${index + 4}`).join(" ");
    expect(factsOfStat(`12 (a) b (c) ) S ${rest}`)).toEqual({ is: "there", start: "f22" });
  });

  test("a zombie is gone", () => {
    expect(factsOfStat("12 (node) Z 1 1 1")).toEqual({ is: "gone" });
  });

  test("without /proc, `ps` tells when it began", () => {
    const child = startChild();
    expect(factsOf(child.pid ?? 0, "freebsd")).toEqual({ is: "there", start: expect.stringMatching(/\d{4}$/) });
    expect(factsOf(2 ** 30, "freebsd")).toEqual({ is: "gone" });
  });

  test("a machine's start has a name on Linux, and none where it cannot be had", () => {
    expect(bootIdOf("linux")).toMatch(/^[0-9a-f-]{36}$/);
    expect(bootIdOf("aix")).toBe(UNKNOWN);
  });
});
