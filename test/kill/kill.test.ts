import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Entry } from "../../src/model/entry.ts";
import { startModelServer } from "../../src/testing/index.ts";
import { Processes, resultOf } from "./child-process.ts";
import type { Child } from "./child-process.ts";
import { comparable, decisionsOf, outcomesOf, withoutTimes } from "../laws/support/comparable.ts";
import { effectsIn, journalIn, less, tally } from "./evidence.ts";
import type { KillPoint } from "./killing-store.ts";
import { journeyScript } from "./model-script.ts";

const LANES = 2;

/** What one run leaves behind. */
interface Traces {
  readonly result: unknown;
  readonly journal: readonly Entry[];
  readonly effects: readonly string[];
  readonly modelCalls: readonly string[];
  readonly commits: number;
}

const processes = new Processes();
let undisturbed: Traces;

beforeAll(async () => {
  await using server = await startModelServer(journeyScript);
  const order = processes.order("undisturbed", { program: "journey", env: server.env });
  const { result, commits } = await resultOf(processes.next(), order);
  undisturbed = {
    result,
    commits,
    journal: await journalIn(order.file, order.runId),
    effects: effectsIn(order.effects),
    modelCalls: server.requests.map(({ bodyText }) => bodyText),
  };
}, 30_000);

afterAll(() => processes.end());

/** Keys of the operations and decisions on record, in the words of the effects file: those that leave a line there. */
function recordedEffects(journal: readonly Entry[]): readonly string[] {
  const leaving = new Set(undisturbed.effects);
  const operations = outcomesOf(journal).filter(({ op }) => op !== "model");
  const selectors: Readonly<Record<string, string>> = { "journey/way/?key": "?way", "journey/papers/size/branch/?key": "?size" };
  const words = [...operations.map(({ key }) => String(key)), ...decisionsOf(journal).map(({ key }) => selectors[key] ?? key)];
  return words.filter((word) => leaving.has(word));
}

/** Kills a run at the point, resumes it in a process that never saw it, and holds both against the undisturbed run. False where the run ended before the point. */
async function killAndResume(lane: { child: Child }, point: KillPoint): Promise<boolean> {
  await using server = await startModelServer(journeyScript);
  const name = `${point.when}-${point.commit}`;
  const order = processes.order(name, { program: "journey", env: server.env, kill: point });
  const first = await lane.child.obey(order);
  if (first.kind === "result") return false;
  expect(first, name).toMatchObject({ kind: "killed", signal: "SIGKILL" });

  const atKill = await journalIn(order.file, name);
  const effectsAtKill = effectsIn(order.effects);
  const callsAtKill = server.requests.length;
  lane.child = processes.next();
  const verb = atKill.length === 0 ? "run" : "resume"; // killed before there was a run
  const { result } = await resultOf(lane.child, { ...order, verb, kill: null });
  const journal = await journalIn(order.file, name);

  expect(withoutTimes(result), `${name}: the result`).toEqual(withoutTimes(undisturbed.result));
  expect(comparable(journal), `${name}: the journal`).toEqual(comparable(undisturbed.journal));
  expect(journal.slice(0, atKill.length), `${name}: what was recorded stays as it was`).toEqual(atKill);
  const recordedCalls = outcomesOf(atKill).filter(({ op }) => op === "model").length;
  expect(server.requests.length - callsAtKill, `${name}: model calls after the kill`).toBe(undisturbed.modelCalls.length - recordedCalls);
  expect(tally([...new Set(server.requests.map(({ bodyText }) => bodyText))]), `${name}: what models were asked`).toEqual(
    tally(undisturbed.modelCalls),
  );
  const after = effectsIn(order.effects).slice(effectsAtKill.length);
  expect(tally(after), `${name}: exactly what was not recorded is done after the kill`).toEqual(
    less(undisturbed.effects, recordedEffects(atKill)),
  );
  return true;
}

describe("a process killed with SIGKILL", () => {
  test("the undisturbed run is worth comparing with: it succeeds, uses everything, and never does a thing twice", () => {
    expect(undisturbed.result).toMatchObject({
      status: "succeeded",
      output: { graded: 15, size: "4 parts", total: 15, lines: 4 },
      context: { owner: "signed for 4", rush: true, total: 15 },
      usage: { modelCalls: 8, toolCalls: 6 },
    });
    const kinds = new Set(outcomesOf(undisturbed.journal).map(({ op }) => op));
    expect([...kinds].toSorted()).toEqual(["model", "step", "tool"]);
    expect(new Set(undisturbed.effects).size).toBe(undisturbed.effects.length);
    expect(new Set(undisturbed.modelCalls).size).toBe(undisturbed.modelCalls.length);
    expect(undisturbed.commits).toBeGreaterThanOrEqual(20);
  });

  test("before and after every commit, resumes to the undisturbed run and repeats nothing that was recorded", {
    timeout: 180_000,
  }, async () => {
    const points: KillPoint[] = Array.from({ length: undisturbed.commits * 2 }, (_, index) => ({
      when: index % 2 === 0 ? "before" : "after",
      commit: index >> 1,
    }));
    let boundaries = 0;
    const drive = async (): Promise<void> => {
      const lane = { child: processes.next() };
      for (let point = points.shift(); point !== undefined; point = points.shift()) if (await killAndResume(lane, point)) boundaries++;
    };
    await Promise.all(Array.from({ length: LANES }, drive));
    process.stdout.write(`kill test: ${boundaries} boundaries, ${undisturbed.commits} commits in the undisturbed run\n`);
    expect(boundaries).toBeGreaterThanOrEqual(40);
  });
});
