import { expect, test } from "vitest";
import { z } from "zod";
import { PlanFacts } from "../../src/cli/terminal/plan-facts.ts";
import { traceRows } from "../../src/cli/terminal/trace-rows.ts";
import type { Command, PlannerInput, Proposing, RunEvent } from "../../src/index.ts";
import { agenticLoop, Flujo, machine, pipeline, planOf, refine, search, step, withPolicy } from "../../src/index.ts";
import type { NodeView, RunView } from "../../src/model/run-view.ts";
import { applyEntry, applyEvent, EMPTY_VIEW, viewOf } from "../../src/model/run-view.ts";
import { nodeAt } from "../../src/model/view-tree.ts";

// Times around that have nothing on record of their own: those of searches and refines.

function statusAt(view: RunView, path: string): NodeView["status"] | null {
  return view.root === null ? null : (nodeAt(view.root, path)?.status ?? null);
}

/** The views of a run after each of its entries; told by events and cut anywhere, it comes to the same. */
async function views(program: Parameters<Flujo["run"]>[0], input: unknown): Promise<readonly RunView[]> {
  await using flujo = new Flujo();
  const events: RunEvent[] = [];
  await flujo.run(program, input as never, { runId: "r", onEvent: (event) => events.push(event) });
  const entries = await flujo.entries("r");
  const view = viewOf(entries, "r");
  expect(events.reduce(applyEvent, EMPTY_VIEW)).toEqual(view);
  const seen = entries.map((_, index) => viewOf(entries.slice(0, index + 1), "r"));
  for (const [cut, before] of seen.entries()) expect(entries.slice(cut + 1).reduce(applyEntry, before)).toEqual(view);
  return seen;
}

/** How the places stood, one text after each entry, without repetitions. */
function course(seen: readonly RunView[], ...paths: readonly string[]): readonly string[] {
  const told = seen.map((view) => paths.map((path) => statusAt(view, path) ?? "-").join(" "));
  return told.filter((text, index) => text !== told[index - 1]);
}

const grow = step("grow", ({ state }: Proposing<string>) => [`${state}a`, `${state}b`]);

test("a time around of a search is over when the next begins, the last with the search", async () => {
  const evaluate = step("rate", (word: string) => word.length);
  const program = pipeline({ name: "p" }).step(search({ name: "s", propose: grow, evaluate, isGoal: () => false, maxExpansions: 2 }));
  const seen = await views(program, "");
  expect(course(seen, "p/s[0]", "p/s[1]", "p/s")).toEqual([
    "- - -",
    "- - running",
    "running - running",
    "succeeded running running",
    "succeeded succeeded succeeded",
  ]);
  const view = seen.at(-1);
  expect(view?.root === null || view === undefined ? null : nodeAt(view.root, "p/s")).toMatchObject({ kind: "search" });
  expect(view === undefined ? null : statusAt(view, "p/s[1]/evaluate")).toBe("succeeded");
});

test("one of a refine is over in the same way, in each attempt, and failed where something in it has failed", async () => {
  let calls = 0;
  const critique = step("critique", () => {
    calls += 1;
    if (calls === 2) throw new Error("busy");
    return calls === 4;
  });
  const body = refine({ name: "r", generate: step("make", (n: number) => n), critique, maxIterations: 2 });
  const seen = await views(pipeline({ name: "p" }).step(withPolicy(body, { retry: { retries: 1, firstDelayMs: 0 } })), 1);
  const root = seen.at(-1)?.root ?? null;
  const tried = root === null ? null : nodeAt(root, "p/r");
  const rounds = [...(tried?.children.values() ?? [])].map(({ segment, children }) => [
    segment,
    [...children.values()].map(({ status }) => status),
  ]);
  expect(rounds).toEqual([
    ["#1", ["succeeded", "failed"]],
    ["#2", ["succeeded", "succeeded"]],
  ]);
});

test("where all of a run goes round, each time around is over when the next begins, and failed where something in it has", async () => {
  const draft = step("draft", (n: number) => n);
  const check = step("check", (): number => {
    throw new Error("no");
  });
  const on = [{ from: "draft", to: "check" }] as const;
  const seen = await views(machine({ name: "m", initial: "draft", states: { draft, check }, on, ends: ["check"], maxHops: 2 }), 1);
  expect(course(seen, "m[0]", "m[1]", "m")).toEqual([
    "- - running",
    "running - running",
    "succeeded running running",
    "succeeded failed failed",
  ]);
  const [first] = itemsIn(seen.at(-1));
  expect(first?.endedAtMs).toBe([...(first?.children.values() ?? [])][0]?.endedAtMs);

  const planner = step(
    "plan",
    ({ log }: PlannerInput<string>): Command<number> =>
      log.length === 0 ? { do: "run", agent: "draft", input: 1 } : { do: "finish", output: 2 },
  );
  const agents = { draft: { program: draft, description: "d" } };
  const planned = await views(agenticLoop({ name: "l", planner, agents, maxCommands: 3 }), "goal");
  expect(itemsIn(planned.at(-1)).map(({ status }) => status)).toEqual(["succeeded", "succeeded"]);

  const critique = step("critique", () => false);
  const refined = await views(refine({ name: "r", generate: draft, critique, maxIterations: 2, onExhausted: "return" }), 1);
  expect(itemsIn(refined.at(-1)).map(({ status }) => status)).toEqual(["succeeded", "succeeded"]);
});

test("a trace of what goes round in a pipeline knows by the plan that a time around is over, while the next goes on", async () => {
  const states = { draft: step("draft", (n: number) => n), check: pipeline({ name: "check" }).human("who", { answer: z.string() }) };
  const turn = machine({ name: "m", initial: "draft", states, on: [{ from: "draft", to: "check" }], ends: ["check"], maxHops: 2 });
  const program = pipeline({ name: "p" }).step(turn);
  const [view] = (await views(program, 1)).slice(-1);
  if (view === undefined) throw new Error("There is no view.");
  const rows = traceRows(view, { nowMs: view.lastAtMs, plan: new PlanFacts(planOf(program)), isGoingOn: false, width: 100 });
  expect(rows.filter(({ name }) => name.startsWith("[")).map(({ status, name }) => [status, name])).toEqual([
    ["succeeded", "[0]"],
    ["waiting", "[1]"],
  ]);
});

function itemsIn(view: RunView | undefined): readonly NodeView[] {
  return [...(view?.root?.children.values() ?? [])];
}
