import { expect, test } from "vitest";
import type { Counted } from "../../scripts/demo/crash/facts.ts";
import { deskFacts, modelFacts } from "../../scripts/demo/crash/facts.ts";
import type { Entry } from "../../src/index.ts";
import { freshFolder } from "./fresh-folder.ts";
import { runDemo } from "./run-process.ts";

test("killed in the middle and resumed, it repeats no call and ends as an undisturbed run does", { timeout: 120_000 }, async () => {
  const { code, stdout, stderr } = await runDemo({ cwd: freshFolder(), args: ["--crash", "--json"] });
  const facts = JSON.parse(stdout);
  expect(facts).toMatchObject({ isGood: true, repeated: 0, isResultEqual: true, differs: [] });
  expect(facts.models.beforeKill).toBeGreaterThan(0);
  expect(facts.models.afterKill).toBeGreaterThan(0);
  expect(facts.models.beforeKill + facts.models.afterKill - facts.models.inFlight).toBe(facts.models.undisturbed);
  expect(facts.boundary.entries).toBeGreaterThanOrEqual(Math.floor(facts.boundary.of / 2));
  expect(stderr).toContain("killed half-way by SIGKILL");
  expect(code).toBe(0);
});

const finished = (op: "model" | "step", key: string): Entry =>
  ({
    type: "operation-finished",
    op,
    key,
    seq: 1,
    atMs: 0,
    name: "x",
    fingerprint: "",
    startedAtMs: 0,
    outcome: { status: "succeeded", value: 1 },
  }) as unknown as Entry;
const deskLine = (path: string, attempt: number): string => JSON.stringify({ what: "look", idempotencyKey: `run:${path}`, attempt });

test("a question that had its answer and was asked again counts as repeated, one in flight does not", () => {
  const counted: Counted = { undisturbed: ["a", "b", "c"], beforeKill: ["a", "b"], afterKill: ["b", "c"] };
  expect(modelFacts(counted, [finished("model", "t/a")])).toEqual({
    undisturbed: 3,
    beforeKill: 2,
    afterKill: 2,
    inFlight: 1,
    repeated: 0,
  });
  expect(modelFacts(counted, [finished("model", "t/a"), finished("model", "t/b")])).toMatchObject({ inFlight: 0, repeated: 1 });
});

test("a call to the desk counts as repeated where its very attempt was on record", () => {
  const counted: Counted = {
    undisturbed: [],
    beforeKill: [deskLine("t/a", 1), deskLine("t/b", 1)],
    afterKill: [deskLine("t/b", 1), deskLine("t/a", 2)],
  };
  expect(deskFacts(counted, [finished("step", "t/a")])).toMatchObject({ inFlight: 1, repeated: 0 });
  expect(deskFacts(counted, [finished("step", "t/a"), finished("step", "t/b")])).toMatchObject({ inFlight: 0, repeated: 1 });
});
