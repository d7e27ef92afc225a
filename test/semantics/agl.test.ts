import { expect, test } from "vitest";
import { z } from "zod";
import type { AnyStep, Command, CommandLog, PlannerInput, Step } from "../../src/index.ts";
import { agent, agenticLoop, commandSchema, pipeline, step } from "../../src/index.ts";
import { scriptedModel } from "../../src/testing/index.ts";
import { logs, looks, Shared, shared } from "./support/context.ts";
import { echo, fails, patient, RUN_ID, Stage, turns } from "./support/stage.ts";

const FINISH: Command = { do: "finish", output: "done" };

/** The builder with its types taken off. */
const loose = agenticLoop as unknown as (options: object) => Step<unknown, unknown>;

/** A planner that gives these commands one after the other, whatever comes of them. */
function plans(...commands: readonly unknown[]): AnyStep {
  return step("planner", ({ log }: PlannerInput) => commands[log.length]);
}

/** A loop called `l` with these programs as its agents, in a pipeline. */
function looping(planner: AnyStep, programs: Readonly<Record<string, AnyStep>>, more: object = {}) {
  const agents = Object.fromEntries(Object.entries(programs).map(([name, program]) => [name, { program, description: `It is ${name}.` }]));
  return pipeline({ name: "p" }).step(loose({ name: "l", planner, agents, maxCommands: 9, ...more }));
}

/** What the loop's log says came of each command. */
function outcomes(result: { readonly output?: unknown } | object): unknown {
  return (result as { readonly output: { readonly log: readonly CommandLog[] } }).output.log.map(({ outcome }) => outcome);
}

const paid = (tokens: number) =>
  agent({ name: "ask", instructions: "", model: scriptedModel(() => ({ text: "x", usage: { inputTokens: tokens, outputTokens: 1 } })) });

test("AGL-1: its planner is given the goal, the agents with their descriptions, and the log of all commands so far", async () => {
  const seen: PlannerInput[] = [];
  const planner = step("planner", (input: PlannerInput): Command => {
    seen.push(input);
    return input.log.length === 0 ? { do: "run", agent: "a", input: 1 } : FINISH;
  });
  await new Stage().run(looping(planner, { b: echo("b"), a: echo("a") }), "goal");
  const agents = [
    { name: "b", description: "It is b." },
    { name: "a", description: "It is a." },
  ];
  expect(seen).toEqual([
    { goal: "goal", agents, log: [] },
    { goal: "goal", agents, log: [{ command: { do: "run", agent: "a", input: 1 }, outcome: { status: "succeeded", output: "a 1" } }] },
  ]);
});

test("AGL-2: it ends with the planner's finish, and gives its output and the whole log", async () => {
  const run = { do: "run", agent: "a", input: 1 };
  const result = await new Stage().run(looping(plans(run, FINISH), { a: echo("a") }));
  expect(result.unwrap()).toEqual({
    output: "done",
    log: [
      { command: run, outcome: { status: "succeeded", output: "a 1" } },
      { command: FINISH, outcome: { status: "finished" } },
    ],
  });
  expect(result).toMatchObject({ steps: [{ path: "p/l", metadata: { commands: 2 } }] });
});

test("AGL-3: the planner and what it has run stand below the loop, under the number of the command", async () => {
  const stage = new Stage();
  const path = step("path", (_: unknown, { path: at }) => stage.note(at));
  const planner = step("planner", ({ log }: PlannerInput, { path: at }): Command => {
    stage.note(at);
    return log.length < 2 ? { do: "run", agent: log.length === 0 ? "a" : "b" } : FINISH;
  });
  await stage.run(looping(planner, { a: path, b: pipeline().step(path) }));
  expect(stage.notes).toEqual(["p/l[0]/planner", "p/l[0]/a", "p/l[1]/planner", "p/l[1]/b/path", "p/l[2]/planner"]);
});

test.each([
  [{ do: "run", agent: "c" }, 'There is no agent "c"; there are a, b.'],
  [{ do: "run" }, "To run an agent, say which"],
  [{ do: "ask", question: " " }, "To ask a person, say what"],
  [{ do: "ask", question: "which?" }, "There is nobody to ask here."],
  [{ do: "finish" }, "To finish, say with what"],
  [{ do: "dance" }, "A command says what to do"],
  [null, "A command is an object"],
  ["finish", "A command is an object"],
])("AGL-4: the command %j is refused, told to the planner as such, and ends nothing", async (command, message) => {
  const result = await new Stage().run(looping(plans(command, FINISH), { a: echo("a"), b: echo("b") }));
  expect(result).toMatchObject({ status: "succeeded", output: { output: "done", log: [{ command }, {}] } });
  expect(outcomes(result)).toEqual([{ status: "refused", message: expect.stringContaining(message) }, { status: "finished" }]);
});

test("AGL-5: an agent that fails is told to the planner, and ends nothing; so is an input that does not fit", async () => {
  const strict = step({ name: "strict", input: z.object({ n: z.number() }), run: ({ n }) => n });
  const planner = plans({ do: "run", agent: "a" }, { do: "run", agent: "strict", input: { n: "one" } }, FINISH);
  const result = await new Stage().run(looping(planner, { a: fails("a"), strict }));
  expect(outcomes(result)).toEqual([
    { status: "failed", code: "step_failed", message: "p/l[0]/a: a fails" },
    { status: "failed", code: "input_invalid", message: expect.stringContaining("p/l[1]/strict") },
    { status: "finished" },
  ]);
});

test("AGL-6: a planner that fails fails the loop", async () => {
  expect(await new Stage().run(looping(fails("planner"), { a: echo("a") }))).toMatchObject({
    status: "failed",
    failure: { code: "step_failed", path: "p/l[0]/planner" },
    steps: [{ path: "p/l", metadata: { commands: 1 } }],
  });
});

test("AGL-7: after maxCommands, refused ones too, it fails as commands_exhausted with the log in its details", async () => {
  const run = { do: "run", agent: "a", input: 1 };
  expect(await new Stage().run(looping(plans(run, null, FINISH), { a: echo("a") }, { maxCommands: 2 }))).toMatchObject({
    status: "failed",
    failure: {
      code: "commands_exhausted",
      path: "p/l",
      message: expect.stringMatching(/^p\/l: it had not finished after 2 commands\. The last one was refused: ./) as string,
      details: {
        maxCommands: 2,
        log: [
          { command: run, outcome: { output: "a 1" } },
          { command: null, outcome: { status: "refused" } },
        ],
      },
    },
    steps: [{ metadata: { commands: 2 } }],
  });
  expect((await new Stage().run(looping(plans(run, FINISH), { a: echo("a") }, { maxCommands: 2 }))).status).toBe("succeeded");
});

test("AGL-8: a question to a person waits at the loop's `ask`, shows the question, and its answer is told to the planner", async () => {
  const stage = new Stage();
  const program = looping(plans({ do: "ask", question: "which one?" }, FINISH), {}, { ask: z.string() });
  expect(await stage.run(program)).toMatchObject({ status: "paused", pauses: [{ id: "p/l[0]/ask", show: "which one?" }] });
  const result = await stage.answer(program, "the first");
  expect(outcomes(result)).toEqual([{ status: "answered", answer: "the first" }, { status: "finished" }]);
});

test("AGL-9: planner and agents see what those before them wrote, and what a failed one wrote vanishes", async () => {
  const lost = pipeline({ context: Shared }).step(logs("lost")).step(fails("no"));
  const run = (name: string) => ({ do: "run", agent: name });
  const planner = step({
    name: "planner",
    context: Shared,
    run: ({ log }: PlannerInput, { context, contribute }) => {
      contribute("log", `${log.length}:${context.log.length}`);
      return [run("a"), run("lost"), run("see"), FINISH][log.length];
    },
  });
  const agents = {
    a: { program: logs("a"), description: "a" },
    lost: { program: lost, description: "b" },
    see: { program: looks("see"), description: "c" },
  };
  const program = shared().step(loose({ name: "l", planner, agents, maxCommands: 9 }));
  const result = await new Stage().run(program);
  expect(result).toMatchObject({ context: { log: ["0:0", "a", "1:2", "2:3", "3:4"] } });
  expect(outcomes(result)).toMatchObject([{}, {}, { output: "nobody 0:0,a,1:2,2:3" }, {}]);
});

test("AGL-10: its usage and cost are those of the planner and of all that ran, failed ones too", async () => {
  const lost = pipeline().step(paid(10)).step(fails("no"));
  const model = scriptedModel([
    { json: { do: "run", agent: "lost" }, usage: { inputTokens: 100, outputTokens: 1 } },
    { json: FINISH, usage: { inputTokens: 200, outputTokens: 1 } },
  ]);
  const planner = agent({ name: "planner", model, instructions: "Plan.", output: commandSchema() });
  expect(await new Stage().run(looping(planner, { lost }))).toMatchObject({ steps: [{ usage: { inputTokens: 310, modelCalls: 3 } }] });
});

test("AGL-11: a planner that is an agent reads the goal, the agents and what came of its commands in its prompt", async () => {
  const model = scriptedModel([{ json: { do: "run", agent: "nobody" } }, { json: FINISH }]);
  const planner = agent({ name: "planner", model, instructions: "Plan.", output: commandSchema({ agents: ["a"], output: z.string() }) });
  await new Stage().run(looping(planner, { a: echo("a") }), "find the tides");
  const prompts = model.calls.map(({ options }) => JSON.stringify(options.prompt));
  expect(prompts[0]).toContain("find the tides");
  expect(prompts[0]).toContain("It is a.");
  expect(prompts[1]).toContain("There is no agent");
});

test("AGL-12: a cancellation ends what is under way, and is told to no planner", async () => {
  const stage = new Stage();
  const planner = step("planner", ({ log }: PlannerInput): Command => {
    stage.note(`plans ${log.length}`);
    return { do: "run", agent: "a" };
  });
  const flujo = stage.flujo();
  const going = flujo.run(looping(planner, { a: patient(stage, "a") }), "in", { runId: RUN_ID });
  await turns();
  await flujo.cancel(RUN_ID);
  expect(await going).toMatchObject({ status: "cancelled", steps: [{ status: "failed", failure: { code: "cancelled" } }] });
  expect(stage.notes).toEqual(["plans 0", "a begins", "a is told: cancelled"]);
});

test("AGL-12: an agent that goes on as another run is told to no planner either", async () => {
  const again = step("again", (_: unknown, { continueAs }) => continueAs("over"));
  const planner = step("planner", ({ goal, log }: PlannerInput): Command => {
    if (goal === "over") return { do: "finish", output: "the other run" };
    return log.length === 0 ? { do: "run", agent: "again" } : { do: "finish", output: "caught" };
  });
  const program = loose({ name: "l", planner, agents: { again: { program: again, description: "Goes on." } }, maxCommands: 3 });
  const result = await new Stage().run(program);
  expect(result.unwrap()).toMatchObject({ output: "the other run" });
});

test("AGL-13: a resume asks the planner nothing again, and runs no agent again", async () => {
  const stage = new Stage();
  const planner = step("planner", ({ log }: PlannerInput): Command => {
    stage.note(`plans ${log.length}`);
    return log.length < 2 ? { do: "run", agent: log.length === 0 ? "a" : "door" } : FINISH;
  });
  const program = looping(planner, { a: step("a", () => stage.note("a")), door: stage.door() });
  await stage.park(program);
  expect(await stage.resume(program)).toMatchObject({ status: "succeeded", output: { output: "done" } });
  expect(stage.notes).toEqual(["plans 0", "a", "plans 1", "door", "door", "plans 2"]);
});
