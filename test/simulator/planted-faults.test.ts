import { expect, test } from "vitest";
import { z } from "zod";
import { pipeline } from "../../src/index.ts";
import type { CommitRequest, JournalStore } from "../../src/index.ts";
import { explore } from "../../src/testing/index.ts";
import type { Sim } from "../../src/testing/index.ts";
import { racer } from "./support/programs.ts";

// Whoever looks for bugs must be seen to find some: each of these stores is broken in one way, and found within so many seeds.

const SEEDS = 100;

/** The store with something else in its place. Its methods are on its class, so that a spread would lose them. */
function but(inner: JournalStore, changed: Partial<JournalStore>): JournalStore {
  return new Proxy(inner, {
    get: (target, name) => {
      const own: unknown = Reflect.get(changed, name) ?? Reflect.get(target, name);
      return typeof own === "function" ? (own.bind(own === Reflect.get(changed, name) ? changed : target) as unknown) : own;
    },
  });
}

const build = (sim: Sim) => ({
  program: pipeline({ name: "p" })
    .step("begin", (n: number) => n)
    .parallel({ a: racer(sim, "a"), b: racer(sim, "b"), c: racer(sim, "c") }, { join: "any" })
    .step("end", ({ output }) => output),
  input: 1,
});

/** What exploring this store comes to. */
function explored(store: (inner: JournalStore) => JournalStore): Promise<unknown> {
  return explore({ seeds: SEEDS, build, store });
}

test("the store itself has none of these faults", async () => {
  expect(await explored((inner) => inner)).toMatchObject({ histories: SEEDS, statuses: { succeeded: SEEDS } });
});

test("a store that loses one row of a commit is found", async () => {
  const losing = (inner: JournalStore) => {
    let commits = 0;
    return but(inner, {
      commit: (request: CommitRequest) =>
        inner.commit(++commits === 2 && request.rows.length > 1 ? { ...request, rows: request.rows.slice(1) } : request),
    });
  };
  await expect(explored(losing)).rejects.toThrow(/the journal is not what was committed/);
});

test("a store that says it has written, and has not, is found", async () => {
  const forgetful = (inner: JournalStore) => {
    let commits = 0;
    return but(inner, { commit: (request: CommitRequest) => (++commits === 1 ? undefined : inner.commit(request)) });
  };
  await expect(explored(forgetful)).rejects.toThrow(/the journal is not what was committed/);
});

test("a store that gives the order of two outcomes the other way round is found", async () => {
  const swapping = (inner: JournalStore) =>
    but(inner, {
      record: (entry) => inner.record(entry.type === "operation-finished" && entry.seq > 1 ? { ...entry, seq: entry.seq ^ 1 } : entry),
    });
  await expect(explored(swapping)).rejects.toThrow(/Seed \d+: /);
});

test("a store that answers a resume without what was done last is found: it is done again", async () => {
  const stale = (inner: JournalStore) =>
    but(inner, {
      openEntries: async (runId: string) => {
        const entries = await inner.openEntries(runId);
        const last = entries.findLast(({ type }) => type === "operation-finished");
        return entries.filter((entry) => entry !== last);
      },
    });
  await expect(explored(stale)).rejects.toThrow(/Seed \d+: /);
});

test("a store that lets a resume see one more outcome than there is, is found", async () => {
  const dreaming = (inner: JournalStore) =>
    but(inner, {
      entries: async (query) => {
        const entries = await inner.entries(query);
        return entries.map((entry) =>
          entry.type === "run-finished" && entry.end.status === "succeeded" ? { ...entry, end: { ...entry.end, output: "z" } } : entry,
        );
      },
    });
  await expect(explored(dreaming)).rejects.toThrow(/the journal is not what was committed/);
});

test("a store that writes a commit twice is found", async () => {
  const stuttering = (inner: JournalStore) => {
    let commits = 0;
    return but(inner, {
      commit: async (request: CommitRequest) => {
        await inner.commit(request);
        if (++commits === 2 && request.rest === undefined)
          await inner.commit({ ...request, rows: request.rows.map((row) => ({ ...row, seq: row.seq + 1_000 })) });
      },
    });
  };
  await expect(explored(stuttering)).rejects.toThrow(/Seed \d+: /);
});

test("a signal that a store forgets leaves a run waiting, and the check finds it", async () => {
  const deaf = (inner: JournalStore) => but(inner, { letters: () => [] });
  const waiting = explore({
    seeds: SEEDS,
    store: deaf,
    build: () => ({ program: pipeline({ name: "p" }).waitFor("paid", { schema: z.number() }), input: 1 }),
    script: () => [{ afterMs: 5, do: (run) => run.signal("paid", 7) }],
    check: ({ result }) => expect(result.status).toBe("succeeded"),
  });
  await expect(waiting).rejects.toThrow(/Seed \d+: /);
});
