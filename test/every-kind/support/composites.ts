import { z } from "zod";
import type { Command, PlannerInput, Step } from "../../../src/index.ts";
import {
  agent,
  agenticLoop,
  asTool,
  background,
  cached,
  gate,
  machine,
  pipeline,
  reducers,
  refine,
  saga,
  search,
  step,
  withPolicy,
} from "../../../src/index.ts";
import { scriptedModel } from "../../../src/testing/index.ts";
import { meanwhile, roundabout } from "./custom-kinds.ts";
import type { Site, Text } from "./ground.ts";
import { line, mixed, Shared, text } from "./ground.ts";
import { timeless, works } from "./leaves.ts";

type Composite = (inner: Text, site: Site) => Text;

const all = (values: object): string => mixed(...Object.entries(values).flat());

/** A step that never succeeds, and says why. */
export function fails(name: string) {
  return step(name, (value: string): string => {
    throw new RangeError(`${name} never succeeds with ${value}`);
  });
}

/** Beside what it stands in, by a name of its own. */
function beside(site: Site): Text {
  return works({ ...site, name: "beside" });
}

/** An agent whose answer depends on all that its model was given, what was said before included. */
function listens(): Text {
  const model = scriptedModel(({ options: { prompt } }) =>
    mixed(prompt.map(({ role, content }) => [role, timeless(JSON.stringify(content))])),
  );
  return agent({ name: "listens", model, instructions: "Listen.", input: text });
}

/** A program as one that agrees to everything. */
function judge(name: string, program: Text) {
  return line(name)
    .step(program)
    .step("ok", (said) => said.length > 0);
}

/** What may stand around a program. Each uses what is in it, and something of its own beside it. */
export const COMPOSITES = {
  sequence: (inner, site) =>
    line(site.name)
      .step(works({ ...site, name: "before" }))
      .step(inner)
      .step(works({ ...site, name: "after" })),
  branch: (inner, site) => line(site.name).branch((value) => (value.length > 0 ? "full" : "empty"), { full: inner, empty: beside(site) }),
  map: (inner, site) =>
    line(site.name)
      .step("split", (value) => [mixed(value, 1), mixed(value, 2)])
      .map(inner, { concurrency: 2 })
      .step("join", all),
  collect: (inner, site) =>
    line(site.name)
      .step("split", (value) => [mixed(value, 1)])
      .map(pipeline().step(inner).step(fails("never")), { onFailure: "collect" })
      .step("count", (results) => mixed(results.map(({ status }) => status))),
  parallel: (inner, site) =>
    line(site.name)
      .parallel({ inner, beside: beside(site) })
      .step("join", all),
  reduced: (inner, site) =>
    line(site.name)
      .parallel({ inner, beside: beside(site) }, { reduce: reducers.values })
      .step("join", all),
  any: (inner, site) =>
    line(site.name)
      .parallel({ inner, loser: fails("loser") }, { join: "any" })
      .step("join", all),
  quorum: (inner, site) =>
    line(site.name)
      .parallel({ inner, beside: beside(site), loser: fails("loser") }, { join: 2 })
      .step("join", all),
  loop: (inner, site) => line(site.name).loop(line("round").step(inner).step(listens()), { maxIterations: 2, history: { keep: "whole" } }),
  nested: (inner, site) => line(site.name).step(line("inner").step(inner)).step(beside(site)),
  mapped: (inner, site) =>
    line(site.name).step(pipeline({ name: "own", input: text, context: Shared }).step(inner), {
      context: { in: () => ({}), out: ({ sum, way }: { readonly sum: number; readonly way: string }) => ({ sum, way }) },
    } as never) as Step<string, string, never> as Text,
  tap: (inner, site) => line(site.name).tap(inner, { name: "tap" }).step(beside(site)),
  retry: (inner, site) =>
    withPolicy(
      line(site.name)
        .step("first", (value, { feedback }) => {
          if (feedback === null) throw new RangeError("not the first time");
          return value;
        })
        .step(inner),
      { retry: { retries: 1, firstDelayMs: 2 } },
    ),
  limits: (inner, site) => withPolicy(line(site.name).step(inner), { timeoutMs: 20 * 86_400_000, totalTimeoutMs: 22 * 86_400_000 }),
  validated: (inner, site) => withPolicy(line(site.name).step(inner), { validate: (value) => value.length > 0, retries: 1 }),
  fallback: (inner, site) => line(site.name).step(withPolicy(fails("tries"), { fallback: inner })),
  defaulted: (inner, site) =>
    line(site.name).step(withPolicy(line("hopes").step(inner).step(fails("gives up")), { onError: { default: "no matter" } })),
  late: (inner, site) =>
    line(site.name)
      .waitFor("never", { schema: text, timeoutMs: 5, onTimeout: inner })
      .step("came", (value) => mixed(value)),
  tool: (inner, site) => {
    const model = scriptedModel(
      (call) =>
        call.options.prompt.at(-1)?.role !== "tool"
          ? { calls: [{ tool: "work", input: { at: timeless(call.lastUserText) } }] }
          : mixed("done", timeless(call.lastUserText)),
      { provider: "openai.chat", modelId: "gpt-5-mini" },
    );
    const program = pipeline({ name: "inside", input: z.object({ at: text }) })
      .step("at", ({ at }) => at)
      .step(inner);
    const work = asTool(program, { name: "work", description: "Works.", input: z.object({ at: text }) });
    return agent({ name: site.name, model, instructions: "Have it done.", input: text, tools: [work] });
  },
  refine: (inner, site) =>
    line(site.name)
      .step(
        refine({
          name: "better",
          generate: inner,
          critique: step("critique", ({ artifact }: { artifact: string }) => ({ ok: false, feedback: `not ${artifact}` })),
          maxIterations: 2,
        }),
      )
      .step("made", ({ artifact, iterations }) => mixed(artifact, iterations)),
  critique: (inner, site) =>
    line(site.name)
      .step(
        refine({
          name: "judged",
          generate: beside(site),
          critique: pipeline({ name: "judge", input: z.object({ input: text, artifact: text }) })
            .step("artifact", ({ artifact }) => artifact)
            .step(inner)
            .step("ok", (said) => ({ ok: said.length > 0 })),
          maxIterations: 3,
        }),
      )
      .step("made", ({ artifact, iterations }) => mixed(artifact, iterations)),
  route: (inner, site) =>
    line(site.name)
      .route(() => ["inner", "beside"] as const, { inner, beside: beside(site) })
      .step("join", all),
  router: (inner, site) =>
    line(site.name)
      .route(
        line("asks")
          .step(inner)
          .step("names", () => ["beside" as const]),
        { beside: beside(site) },
      )
      .step("join", all),
  gate: (inner, site) =>
    line(site.name)
      .step(gate({ name: "agreed", judges: { inner: judge("judge", inner), beside: judge("other", beside(site)) } }))
      .step(beside(site)),
  agenticLoop: (inner, site) => {
    const planner = step("planner", ({ goal, log }: PlannerInput<string>): Command<string> => {
      if (log.length < 2) return { do: "run", agent: log.length === 0 ? "inner" : "nobody", input: goal };
      return { do: "finish", output: mixed(log.map(({ outcome }) => outcome)) };
    });
    const loop = agenticLoop({ name: "plans", planner, agents: { inner: { program: inner, description: "Works." } }, maxCommands: 5 });
    return line(site.name)
      .step(loop)
      .step("end", ({ output }) => mixed(output));
  },
  machine: (inner, site) =>
    line(site.name)
      .step(
        machine({
          name: "states",
          initial: "first",
          states: { first: inner, broken: fails("broken"), last: beside(site) },
          on: [
            { from: "first", to: "broken" },
            { from: "broken", when: "failure", to: "last" },
            { from: "broken", to: "last" },
          ],
          ends: ["last"],
          maxHops: 5,
        }),
      )
      .step("end", ({ output, hops }) => mixed(output, hops)),
  search: (inner, site) =>
    line(site.name)
      .step(
        search({
          name: "finds",
          propose: pipeline({ name: "proposes", input: z.object({ state: text }) })
            .step("state", ({ state }) => state)
            .step(inner)
            .step("next", (said) => [mixed(said, "a"), mixed(said, "b")]),
          heuristic: (state: string) => Number.parseInt(state.slice(0, 6), 16),
          isGoal: () => false,
          branching: 2,
          beam: 2,
          maxDepth: 2,
          maxExpansions: 2,
        } as never) as never,
      )
      .step("end", (found: unknown) => mixed(found)) as unknown as Text,
  cache: (inner, site) =>
    line(site.name)
      .step(cached(line("kept").step(inner)))
      .step(beside(site)),
  background: (inner, site) =>
    line(site.name)
      .step(background(pipeline({ name: `${site.name}-alone`, input: text, context: Shared }).step(inner)))
      .step("begun", ({ runId }) => mixed(runId.includes("-alone-")))
      .step(beside(site)),
  saga: (inner, site) =>
    saga(
      line(site.name)
        .step(withPolicy(inner, { compensate: step("undo", () => null) }))
        .step(beside(site)),
    ),
  undone: (inner, site) => {
    const undo = step({ name: "undo", run: (_: unknown, about) => void site.sim.call("undo", about.idempotencyKey) });
    const tried = saga(
      line("tried")
        .step(withPolicy(inner, { compensate: undo }))
        .step(fails("breaks")),
    );
    return line(site.name).step(withPolicy(tried, { onError: { default: "undone" } }));
  },
  roundabout: (inner, site) => roundabout({ name: site.name, ways: { left: inner, right: beside(site) } }),
  meanwhile: (inner, site) => meanwhile({ name: site.name, inner }),
  gather: (inner, site) => {
    const before = works({ ...site, name: "before" });
    return line(site.name)
      .step(before)
      .step(inner)
      .gather({ before })
      .step("join", ({ before: gathered }) => mixed(gathered));
  },
} as const satisfies Readonly<Record<string, Composite>>;

export type CompositeKind = keyof typeof COMPOSITES;
