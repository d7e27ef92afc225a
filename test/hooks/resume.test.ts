import { expect, test } from "vitest";
import { z } from "zod";
import { agent, Flujo, type JournalStore, pipeline, step, tool } from "../../src/index.ts";
import { memoryStore } from "../../src/journal/memory/memory-store.ts";
import { scriptedModel } from "../../src/testing/index.ts";
import { crashingStore } from "../laws/support/crashing-store.ts";
import { Lab, RUN } from "../laws/support/lab.ts";
import { type Called, lineOf, recorder, unpaired } from "./support/recorder.ts";

// A process dies at every commit of a run, one after the other; another goes on.

function program() {
  const look = tool({ name: "look", description: "Looks.", input: z.object({}), run: () => "seen" });
  const ask = agent({
    name: "ask",
    model: scriptedModel(({ turn }) => (turn === 0 ? { calls: [{ tool: "look", input: {} }] } : "done")),
    instructions: "",
    tools: [look],
  });
  const double = step({ name: "double", effect: "once", run: (n: number) => n * 2 });
  return pipeline({ name: "p" })
    .step("list", () => [1, 2])
    .map(double, { concurrency: 1 })
    .step("text", (numbers) => numbers.join("+"))
    .step(ask);
}

const whatOf = ({ hook, event }: Called): string => `${hook} ${event["path"] ?? ""}`;
const ends = (calls: readonly Called[]) => calls.filter(({ hook }) => hook.endsWith("End") && hook !== "onRunEnd");

test("after a crash at any commit, only the rest is told: no end twice, every end with its start, what was open as resumed", async () => {
  const whole = recorder();
  const lab = new Lab();
  await lab.flujo({ hooks: whole.hooks }).run(program(), null, RUN);
  const commits = lab.log.length + 1; // the making of the run is one that is not in the log
  expect(commits).toBeGreaterThan(6);
  for (let last = 0; last < commits; last++) {
    const before = recorder();
    const after = recorder();
    const here = new Lab();
    const { flujo, crashed } = here.doomed(last, { hooks: before.hooks });
    const running = flujo.run(program(), null, RUN);
    await Promise.race([crashed, running]);
    const recorded = new Set(
      (await here.journal()).filter(({ type }) => type === "operation-finished" || type === "frame-done").map(({ key }) => key),
    );
    const result = await here.flujo({ hooks: after.hooks }).resume(program(), RUN.runId);
    expect(result.status, `at ${last}`).toBe("succeeded");
    if (last === commits - 1) {
      expect(after.calls).toEqual([]); // it had ended: nothing happens any more
      continue;
    }
    expect(
      after.calls.filter(({ event }) => ends(after.calls).some((end) => end.event === event && recorded.has(event["path"]))),
      `at ${last}`,
    ).toEqual([]);
    expect(unpaired(after.calls), `at ${last}`).toEqual([]);
    expect(after.calls[0], `at ${last}`).toMatchObject({ hook: "onRunStart", event: { isResumed: true } });
    const expected = ends(whole.calls)
      .filter(({ event }) => !recorded.has(event["path"]))
      .map(whatOf);
    expect(ends(after.calls).map(whatOf), `at ${last}`).toEqual(expected);
  }
});

test("a run in a process of its own, killed and resumed, tells the rest in the order of a run that was never killed", async () => {
  const lab = new Lab();
  const first = recorder();
  const { flujo, crashed } = lab.doomed(2, { hooks: first.hooks });
  await Promise.race([crashed, flujo.run(program(), null, RUN)]);
  const rest = recorder();
  await lab.flujo({ hooks: rest.hooks }).resume(program(), RUN.runId);
  expect(rest.calls.map(lineOf)).toEqual([
    "onRunStart resumed",
    "onStepStart p resumed",
    "onStepStart p/map resumed",
    "onStepStart p/map[1] resumed",
    "onStepEnd p/map[1] succeeded",
    "onStepEnd p/map succeeded",
    "onStepStart p/text",
    "onStepEnd p/text succeeded",
    "onStepStart p/ask",
    "onModelStart p/ask/turn[0]",
    "onModelEnd p/ask/turn[0] tool-calls",
    "onToolStart p/ask/turn[0]/tool[0]",
    "onToolEnd p/ask/turn[0]/tool[0]",
    "onModelStart p/ask/turn[1]",
    "onModelEnd p/ask/turn[1] stop",
    "onStepEnd p/ask succeeded",
    "onStepEnd p succeeded",
    "onRunEnd succeeded",
  ]);
});

test("a run that was parked ends as stopped, and one that cannot go on says why", async () => {
  const lab = new Lab();
  const { calls, hooks } = recorder();
  const wait = step("wait", () => new Promise<null>(() => undefined));
  const flujo = lab.flujo({ hooks });
  const running = flujo.run(wait, null, RUN);
  await expect.poll(() => calls.map(({ hook }) => hook)).toContain("onStepStart");
  await flujo.close();
  expect(await running).toMatchObject({ status: "stopped" });
  expect(calls.map(lineOf)).toEqual(["onRunStart", "onStepStart wait", "onRunEnd stopped"]);

  const broken = recorder();
  const { store } = crashingStore(memoryStore(), null);
  const full: JournalStore = {
    ...store,
    commit: () => {
      throw new Error("The disk is full.");
    },
  };
  const refused = new Flujo({ state: full, hooks: broken.hooks }).run(
    step("one", (n: number) => n),
    1,
  );
  await expect(refused).rejects.toThrow("The disk is full.");
  expect(broken.calls.map(lineOf).at(-1)).toBe("onRunEnd cannot go on");
  expect(broken.calls.at(-1)?.event["error"]).toMatchObject({ message: "The disk is full." });
});
