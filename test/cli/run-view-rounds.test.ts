import { expect, test } from "vitest";
import type { Proposing, RunEvent } from "../../src/index.ts";
import { Flujo, pipeline, refine, search, step, withPolicy } from "../../src/index.ts";
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
