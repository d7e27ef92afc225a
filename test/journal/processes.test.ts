import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import { openSqliteStore } from "../../src/journal/sqlite/open-sqlite-store.ts";
import { isAlive, thisProcess } from "../../src/runtime/ownership.ts";
import { commit, finished, runCalled, seqsOf } from "../../src/testing/journal-store-contract/samples.ts";

const folder = mkdtempSync(join(tmpdir(), "flujo-processes-"));
chmodSync(folder, 0o755); // for the child that is nobody
afterAll(() => rmSync(folder, { recursive: true }));

let file = "";
let places = 0;
beforeEach(() => {
  mkdirSync(join(folder, String(++places)));
  file = join(folder, String(places), "state.db");
});

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

function programOf(name: string): string {
  return fileURLToPath(new URL(`./${name}.ts`, import.meta.url));
}

function start(name: string, args: readonly string[]): ChildProcess {
  const child = spawn(process.execPath, [programOf(name), ...args], { stdio: ["pipe", "pipe", "inherit"] });
  children.push(child);
  return child;
}

/** The lines a child says, one at a time. */
function linesOf(child: ChildProcess): { readonly next: () => Promise<string> } {
  if (child.stdout === null) throw new Error("The child has no stdout.");
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    next: async () => {
      const { done, value } = await lines.next();
      if (done === true) throw new Error("The child fell silent.");
      return value;
    },
  };
}

test("of two processes that claim one run, one gets it, and the other is told which host and process has it", {
  timeout: 30_000,
}, async () => {
  const rounds = 40;
  const dead = { ...thisProcess("dead"), pid: 2 ** 22 + 1 };
  const store = await openSqliteStore(file);
  for (let round = 0; round < rounds; round++) await store.createRun({ ...runCalled(`run-${round}`), owner: dead }, []);
  const claimers = ["one", "two"].map(() => start("child-claims", [file])).map((child) => ({ child, lines: linesOf(child) }));
  for (const { lines } of claimers) expect(await lines.next()).toBe("ready");

  const wins = [0, 0];
  for (let round = 0; round < rounds; round++) {
    for (const { child } of claimers) child.stdin?.write(`run-${round}\n`);
    const answers = await Promise.all(claimers.map(async ({ lines }): Promise<unknown> => JSON.parse(await lines.next())));
    const winner = answers.findIndex((answer) => typeof answer === "object" && answer !== null && "won" in answer);
    expect(answers[winner]).toEqual({ won: 2 });
    expect(answers[1 - winner]).toMatchObject({ refused: "run_owned", host: hostname(), pid: claimers[winner]?.child.pid });
    wins[winner] = (wins[winner] ?? 0) + 1;
  }
  console.log(`${rounds} races: ${wins.join(" to ")}`);
  await store.close();
});

describe("a process that is killed in the middle of its commits", () => {
  test.each([
    { runs: 1, synchronous: "full" },
    { runs: 1, synchronous: "normal" },
    { runs: 8, synchronous: "normal" },
  ] as const)(
    "has lost nothing of what was acknowledged: $runs at once, synchronous $synchronous",
    { timeout: 30_000 },
    async ({ runs, synchronous }) => {
      for (const afterMs of [5, 40, 110]) {
        file = join(folder, String(places), `${afterMs}.db`);
        const { acknowledged, committer } = await killWhileCommitting({ runs, synchronous, afterMs });
        const store = await openSqliteStore(file);
        for (const [runId, last] of acknowledged) {
          const seqs = await seqsOf(store, runId);
          expect(seqs, "no gaps, and both rows of a commit or none").toEqual(seqs.map((_, index) => index));
          expect(seqs.length % 2).toBe(0);
          expect(seqs.length).toBeGreaterThan(last);
          expect(seqs.length, "at most the one commit that was under way").toBeLessThanOrEqual(last + 1 + 2);
          const self = thisProcess("heir");
          expect((await store.findRun(runId))?.owner?.pid).toBe(committer.pid);
          const lease = await store.claimRun({ runId, owner: self, atMs: 2, isAlive: (owner) => isAlive(owner, self) });
          await commit(store, lease, [finished(seqs.length, "p")]);
        }
        expect(acknowledged.size).toBe(runs);
        await store.close();
      }
    },
  );

  async function killWhileCommitting(how: {
    readonly runs: number;
    readonly synchronous: string;
    readonly afterMs: number;
  }): Promise<{ readonly acknowledged: ReadonlyMap<string, number>; readonly committer: ChildProcess }> {
    const committer = start("child-commits", [file, String(how.runs), how.synchronous]);
    const chunks: Buffer[] = [];
    committer.stdout?.on("data", (chunk: Buffer) => chunks.push(chunk));
    await expect
      .poll(() => Buffer.concat(chunks).toString().split("\n").length, { interval: 1, timeout: 10_000 })
      .toBeGreaterThan(how.runs * 2);
    await sleep(how.afterMs);
    committer.kill("SIGKILL");
    await once(committer, "close");
    const lines = Buffer.concat(chunks).toString().split("\n").slice(0, -1); // the last is empty, or cut off
    return { acknowledged: new Map(lines.map((line) => line.split(" ")).map(([runId = "", seq]) => [runId, Number(seq)])), committer };
  }
});

describe("for a user without the right, the file is left as it is and one error says so:", () => {
  interface Report {
    readonly uid: number;
    readonly raw: string;
    readonly code?: string;
    readonly message?: string;
    readonly opened?: boolean;
  }

  function openAsNobody(): Report {
    return JSON.parse(execFileSync(process.execPath, [programOf("child-as-nobody"), file], { encoding: "utf8" })) as Report;
  }

  async function makeState(): Promise<void> {
    const store = await openSqliteStore(file);
    await store.createRun(runCalled("run-1"), []);
    await store.close();
  }

  function expectRefused(report: Report, facts: { readonly raw: string; readonly message: RegExp }): void {
    expect(report.uid).not.toBe(0);
    expect(report.raw, "a raw write really fails").toBe(facts.raw);
    expect(report).toMatchObject({ code: "state_unreadable", file });
    expect(report.message).toMatch(facts.message);
  }

  const isRoot = process.getuid?.() === 0;
  /** What is root's alone is forbidden to nobody; an ordinary user takes the right from itself. */
  function forbid(path: string): void {
    chmodSync(path, isRoot ? 0o700 : 0o000);
  }

  test("a file it may not read", async () => {
    await makeState();
    const before = readFileSync(file);
    forbid(file);
    chmodSync(dirname(file), 0o755);
    expectRefused(openAsNobody(), { raw: "EACCES", message: /may not read and write it.*Give this user the right/ });
    chmodSync(file, 0o600);
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  test("a file it may read but not write", async () => {
    await makeState();
    const before = readFileSync(file);
    chmodSync(file, 0o444);
    chmodSync(dirname(file), 0o755);
    expectRefused(openAsNobody(), { raw: "EACCES", message: /may not read and write it/ });
    expect(readFileSync(file).equals(before)).toBe(true);
    expect(readdirSync(dirname(file))).toEqual(["state.db"]);
  });

  test("a file in a folder it may not enter", async () => {
    await makeState();
    forbid(dirname(file));
    expectRefused(openAsNobody(), { raw: "EACCES", message: /may not read and write it/ });
    chmodSync(dirname(file), 0o700);
  });

  test("a folder in which it may make no file", () => {
    chmodSync(dirname(file), 0o555);
    expectRefused(openAsNobody(), { raw: "EACCES", message: /may not read and write it/ });
    expect(readdirSync(dirname(file))).toEqual([]);
    chmodSync(dirname(file), 0o755);
  });

  test("a file it may write, in a folder where SQLite may make no files beside it", async () => {
    await makeState();
    const before = readFileSync(file);
    chmodSync(file, 0o666);
    chmodSync(dirname(file), 0o555);
    const report = openAsNobody();
    expect(report).toMatchObject({ raw: "works", code: "state_unreadable" });
    expect(report.message).toMatch(/folder/);
    expect(readFileSync(file).equals(before)).toBe(true);
    chmodSync(dirname(file), 0o755);
  });

  test("and a file it may use, it uses", () => {
    chmodSync(dirname(file), 0o777);
    writeFileSync(file, "");
    chmodSync(file, 0o666);
    expect(openAsNobody()).toMatchObject({ raw: "works", opened: true });
  });
});
