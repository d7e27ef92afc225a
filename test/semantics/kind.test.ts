import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import type { AnyStep, Step } from "../../src/index.ts";
import { cached, defineKind, diffPlans, memoryCache, pipeline, planOf, step, withPolicy } from "../../src/index.ts";
import { checkGolden } from "../../src/golden/check.ts";
import { writeGolden } from "../../src/golden/file/write-golden.ts";
import { recordGolden } from "../../src/golden/record.ts";
import { Shared, shared } from "./support/context.ts";
import { echo, fails, Stage } from "./support/stage.ts";

const text = z.string();
type Text = Step<string, string>;

/** What the kind expands to, written out. */
function written(body: Text, times: number) {
  return pipeline({ name: "rounds", input: text })
    .step("begin", (value) => `(${value})`)
    .loop(body, { maxIterations: times });
}

const schema = z.object({ body: z.custom<Text>(), times: z.int().min(1).default(2) });
const rounds = defineKind({
  kind: "rounds",
  schema,
  expand: ({ body, times }) => written(body, times),
  caption: ({ times }) => `${times} times`,
});

const marks = (program: AnyStep) => planOf(program).root.madeBy?.map(({ kind, caption }) => [kind, caption]);
const unmarked = (program: AnyStep): unknown =>
  JSON.parse(JSON.stringify(planOf(program).root, (key, value: unknown) => (key === "madeBy" ? undefined : value)));

test("KIND-1: what it expands to is what runs: places, fingerprints, entries, context, cost and failure are those of the same program written out", async () => {
  const body = step({
    name: "adds",
    context: Shared,
    run: (value: string, { contribute }) => {
      contribute("sum", 1);
      return `${value}!`;
    },
  }) as Step<string, string, never> as Text;
  for (const last of [echo("last"), fails("last")]) {
    const around = (inner: Text): AnyStep => shared().step(inner).step(last);
    const [custom, plain] = [around(rounds({ body })), around(written(body, 2))];
    expect(unmarked(custom)).toEqual(unmarked(plain));
    const [mine, theirs] = [new Stage(), new Stage()];
    const [ran, meant] = [await mine.run(custom), await theirs.run(plain)];
    expect(ran).toEqual(meant);
    expect(ran.context).toMatchObject({ sum: 2 });
    expect((await mine.entries()).slice(1)).toEqual((await theirs.entries()).slice(1)); // the first has the plan's hash
  }
});

test("KIND-2: its options are checked when the program is built, and `expand` is given what the schema makes of them", async () => {
  expect(() => rounds({ body: echo("b"), times: 0 })).toThrow(/^rounds\(\): times: Too small.*\[pipeline_invalid\]$/);
  expect(() => rounds({ body: echo("b"), times: "2" as never })).toThrow(/^rounds\(\): times: /);
  expect(await new Stage().run(rounds({ body: echo("b") }))).toMatchObject({ output: "b b (in)" });
  const late = defineKind({ kind: "late", schema: schema.refine(() => Promise.resolve(true)), expand: ({ body }) => body });
  expect(() => late({ body: echo("b") })).toThrow("late(): its schema checks asynchronously.");
});

test("KIND-3: an expansion that throws, gives no program, is asynchronous or has no end is refused when the program is built, naming the kind", () => {
  const throws = defineKind({
    kind: "throws",
    expand: (): Text => {
      throw new RangeError("no sides");
    },
  });
  expect(() => throws()).toThrow(/^throws\(\): its expansion failed: no sides\./);
  const nothing = defineKind({ kind: "nothing", expand: (() => 5) as never }) as () => unknown;
  expect(nothing).toThrow("nothing(): `expand` returned 5, which is no program.");
  const slow = defineKind({ kind: "slow", expand: (() => Promise.reject(new Error("late"))) as never }) as () => unknown;
  expect(slow).toThrow("slow(): `expand` returned a promise, which is no program.");
  const endless: (n: number) => Text = defineKind({ kind: "endless", expand: (n: number): Text => other(n + 1) });
  const other = defineKind({ kind: "other", expand: (n: number): Text => pipeline({ name: "o", input: text }).step(endless(n)) });
  expect(() => endless(0)).toThrow(
    /^endless\(\): it expands itself without end: 100 expansions lie within each other, .* endless, other\. /,
  );
  const down: (n: number) => Text = defineKind({
    kind: "down",
    expand: (n: number): Text => (n === 0 ? echo("end") : pipeline({ name: `d${n}`, input: text }).step(down(n - 1))),
  });
  expect(planOf(down(99)).root.madeBy).toMatchObject([{ kind: "down" }]);
  expect(() => down(100)).toThrow("down(): it expands itself without end");
});

test("KIND-4: its name, its caption and a version of it are in the plan, with the node that it expanded to; of several, the outermost comes first", () => {
  const calm = defineKind({ kind: "calm", expand: (body: Text) => rounds({ body, times: 1 }) });
  const tried = defineKind({ kind: "tried", expand: (body: Text) => withPolicy(calm(body), { retries: 1 }) });
  const version = expect.stringMatching(/^[0-9a-f]{16,}$/) as string;
  expect(planOf(rounds({ body: echo("b") })).root.madeBy).toEqual([{ kind: "rounds", version, caption: "2 times" }]);
  expect(marks(calm(echo("b")))).toEqual([
    ["calm", ""],
    ["rounds", "1 times"],
  ]);
  const inner = planOf(
    pipeline({ name: "p", input: text })
      .step(tried(echo("b")))
      .step("end", (value) => value),
  ).root;
  expect(
    inner.kind === "sequence"
      ? inner.children.map(({ madeBy = [] }) => madeBy.map(({ kind, hasPolicy = false }) => [kind, hasPolicy]))
      : [],
  ).toEqual([
    [
      ["tried", true],
      ["calm", false],
      ["rounds", false],
    ],
    [],
  ]);
});

test("KIND-5: Resume: a run goes on although its kind is called otherwise, is written in another way or written out, so long as it comes to the same nodes", async () => {
  const renamed = defineKind({ kind: "again", schema, expand: (options) => written(options.body, options.times), caption: () => "anew" });
  for (const make of [renamed, ({ body, times = 2 }: { body: Text; times?: number }) => written(body, times)]) {
    const stage = new Stage();
    const program = (inner: Text) => pipeline({ name: "p", input: text }).step(inner).step(echo("end"));
    const before = program(rounds({ body: stage.door<string>("body") }));
    const after = program(make({ body: stage.door<string>("body") }));
    expect(planOf(after).hash).not.toBe(planOf(before).hash);
    expect(diffPlans(planOf(before), planOf(after)).every(({ forRuns }) => forRuns === "kept")).toBe(true);
    await stage.park(before);
    expect(await stage.resume(after)).toMatchObject({ status: "succeeded", output: "end (in)" });
    expect(stage.notes).toEqual(["body", "body", "body"]);
  }
});

test("KIND-6: Resume: a run keeps what its kind made of its options when it began; the options of later are for new runs", async () => {
  const stage = new Stage();
  const made = (times: number) => pipeline({ name: "p", input: text }).step(rounds({ body: stage.door<string>("body"), times }));
  await stage.park(made(2));
  expect(await stage.resume(made(3))).toMatchObject({ status: "succeeded" });
  expect(stage.notes).toEqual(["body", "body", "body"]);
  expect(diffPlans(planOf(made(2)), planOf(made(3)))).toEqual([
    { path: "p/rounds", kind: "changed", says: "what rounds says of its options changed", forRuns: "kept" },
    { path: "p/rounds/loop", kind: "changed", says: "its limit of iterations changed", forRuns: "kept" },
  ]);
});

test("KIND-7: `expand` is asked when the program is built, once for each time that the builder is called, and never by a run", async () => {
  let asked = 0;
  const counted = defineKind({
    kind: "counted",
    expand: (body: Text) => {
      asked++;
      return written(body, 3);
    },
  });
  const program = pipeline({ name: "p", input: text })
    .step("list", (value) => [value, value])
    .map(counted(echo("b")));
  expect(asked).toBe(1);
  planOf(program);
  expect(await new Stage().run(program)).toMatchObject({ output: ["b b b (in)", "b b b (in)"] });
  expect(asked).toBe(1);
});

test("KIND-8: what is kept of a program by `cached` is kept whatever kind made it", async () => {
  const backend = memoryCache();
  const stage = new Stage();
  const body = step("body", (value: string) => {
    stage.note("body");
    return value;
  });
  const kept = (inner: Text) => pipeline({ name: "p", input: text }).step(cached(inner, { backend }));
  const [one, other] = [kept(rounds({ body, times: 1 })), kept(written(body, 1))];
  await stage.run(one);
  expect(await stage.run(other, "in", { runId: "run-2" })).toMatchObject({ steps: [{ metadata: { cache: "hit" } }] });
  expect(stage.notes).toEqual(["body"]);
});

test("KIND-9: what a golden holds a run to does not depend on which kind made it", async () => {
  const [custom, plain] = [rounds({ body: echo("b") }), written(echo("b"), 2)].map((inner) =>
    pipeline({ name: "p", input: text }).step(inner),
  );
  if (custom === undefined || plain === undefined) throw new Error("There are two.");
  const folder = await mkdtemp(join(tmpdir(), "flujo-kind-"));
  const file = join(folder, "p.golden.yaml");
  await writeGolden(file, await recordGolden(custom, "in"));
  expect(await checkGolden(plain, file)).toMatchObject({ causes: [] });
  const other = pipeline({ name: "p", input: text }).step(rounds({ body: echo("c") }));
  expect((await checkGolden(other, file)).causes).not.toEqual([]);
  await rm(folder, { recursive: true });
});
