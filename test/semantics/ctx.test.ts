import { expect, test } from "vitest";
import { z } from "zod";
import type { AnyStep } from "../../src/index.ts";
import { context, pipeline, step } from "../../src/index.ts";
import { echo, fails, Stage } from "./support/stage.ts";

const Wide = z.object({
  who: z.string().default(""),
  apiToken: z.string().default(""),
  at: z.date().optional(),
  deep: z.record(z.string(), z.unknown()).default({}),
});

type Change = (draft: z.infer<typeof Wide>) => void;

/** Two branches that write; the failure there is. */
async function conflict(a: Change, b: Change): Promise<unknown> {
  const writes = (name: string, change: Change) =>
    step({ name, context: Wide, run: (_: unknown, { update }) => update((draft) => change(draft)) });
  const result = await new Stage().run(pipeline({ name: "p", context: Wide }).parallel({ a: writes("a", a), b: writes("b", b) }));
  return result.status === "failed" ? result.failure : result;
}

test("CTX-1: a conflict names the place, both branches and what each wrote", async () => {
  const both = await conflict(
    (draft) => void (draft.who = "Ann"),
    (draft) => void (draft.who = "Bob"),
  );
  expect(both).toMatchObject({
    code: "context_conflict",
    message: 'p/parallel: "a" and "b" both wrote the context field "who", and not the same: "a" wrote "Ann", "b" wrote "Bob".',
    details: { field: "who", branches: ["a", "b"], values: ['"Ann"', '"Bob"'] },
  });
  const nested = await conflict(
    (draft) => void (draft.deep["x"] = 1),
    (draft) => void (draft.deep = { y: 2, z: [] }),
  );
  expect(nested).toMatchObject({ message: expect.stringMatching(/: "a" wrote "deep\.x" as 1, "b" wrote an object of 2 fields\.$/) });
  const gone = await conflict(
    (draft) => void (draft.at = new Date(0)),
    (draft) => void (draft.who = "Bob"),
  );
  expect(gone).toMatchObject({ status: "succeeded" });
});

test("CTX-1: of a long text, and of one in a place that is called after a secret, only the length is told", async () => {
  const long = await conflict(
    (draft) => void (draft.who = "x".repeat(41)),
    (draft) => void (draft.who = "y".repeat(40)),
  );
  expect(long).toMatchObject({ details: { values: ["a text of 41 characters", JSON.stringify("y".repeat(40))] } });
  const secret = await conflict(
    (draft) => void (draft.apiToken = "abc"),
    (draft) => void (draft.apiToken = "abcd"),
  );
  expect(secret).toMatchObject({ details: { values: ["a text of 3 characters", "a text of 4 characters"] } });
  expect(JSON.stringify(secret)).not.toContain("abc");
});

test("CTX-1: what counts is what a branch wrote last", async () => {
  const twice = await conflict(
    (draft) => void (draft.who = "Ann"),
    (draft) => {
      draft.who = "Bob";
      draft.who = "Cy";
    },
  );
  expect(twice).toMatchObject({ details: { values: ['"Ann"', '"Cy"'] } });
});

const Desk = context(
  z.object({
    who: z.string().default("Ann"),
    secret: z.string().default("s"),
    log: z.array(z.string()).default([]),
    n: z.number().default(0),
  }),
  {
    log: "append",
  },
);
const desk = () => pipeline({ name: "p", context: Desk });

test("CTX-2: a step that declares what it reads may look at that and at what it writes, and at nothing else", async () => {
  const reads = (look: "who" | "n" | "secret") =>
    step({
      name: "a",
      context: Desk,
      reads: ["who"],
      writes: ["n"],
      run: (_: unknown, { context: seen }) => [Reflect.get(seen, look), Object.keys(seen)], // what the compiler would refuse
    });
  expect(await new Stage().run(desk().step(reads("who")))).toMatchObject({ output: ["Ann", ["who", "n"]] });
  expect(await new Stage().run(desk().step(reads("n")))).toMatchObject({ status: "succeeded" });
  expect(await new Stage().run(desk().step(reads("secret")))).toMatchObject({
    status: "failed",
    failure: {
      code: "context_invalid",
      path: "p/a",
      message: 'p/a: the context field "secret" was looked at, and p/a declares who, n only.',
      retryable: false,
    },
  });
});

test("CTX-3: a step that declares what it writes may write that and nothing else", async () => {
  const writes = (field: "who" | "n") =>
    step({
      name: "a",
      context: Desk,
      writes: ["who"],
      run: (_: unknown, { update }) => update((draft) => void Object.assign(draft, { [field]: field === "n" ? 1 : "Bob" })),
    });
  const adds = step({
    name: "a",
    context: Desk,
    writes: ["who"],
    run: (_: unknown, { contribute }) => contribute("log" as never, "x"),
  });
  expect(await new Stage().run(desk().step(writes("who")))).toMatchObject({ status: "succeeded", context: { who: "Bob" } });
  for (const program of [desk().step(writes("n")), desk().step(adds)])
    expect(await new Stage().run(program)).toMatchObject({
      status: "failed",
      failure: {
        code: "context_invalid",
        message: expect.stringMatching(/^p\/a: the context field "(?:n|log)" was written, and p\/a declares who only\.$/),
      },
      context: { who: "Ann", n: 0, log: [] },
    });
});

test("CTX-4: with `include`, what runs at the same time may look at these fields and write them, however deep it is, and no others", async () => {
  const looks = step({ name: "look", context: Desk, run: (_: unknown, { context: seen }) => Object.keys(seen) });
  const peeks = step({ name: "peek", context: Desk, run: (_: unknown, { context: seen }) => seen.secret });
  const notes = step({ name: "note", context: Desk, run: (_: unknown, { contribute }) => contribute("log", "x") });
  const include = ["who", "log"] as const;
  const both = desk()
    .parallel({ a: pipeline().step(notes).step(looks), b: pipeline().map(looks, { name: "each" }) }, { include })
    .step("after", (out, { context: seen }) => [out, seen.secret, seen.log]);
  const listed = desk()
    .step("list", () => [1])
    .map(pipeline().step(notes).step(looks), { include });
  const routed = desk().route(
    step({ name: "router", context: Desk, run: (_: unknown, { context: seen }) => (seen.secret === "s" ? "a" : "b") }),
    {
      a: pipeline().step(notes).step(looks),
      b: echo("b"),
    },
    { include },
  );
  expect(await new Stage().run(listed)).toMatchObject({ output: [["who", "log"]], context: { log: ["x"], secret: "s" } });
  expect(await new Stage().run(routed)).toMatchObject({ output: { a: ["who", "log"] }, context: { log: ["x"], secret: "s" } });
  expect(await new Stage().run(both, [1])).toMatchObject({ output: [{ a: ["who", "log"], b: [["who", "log"]] }, "s", ["x"]] });
  expect(await new Stage().run(desk().parallel({ a: peeks }, { include }))).toMatchObject({
    failure: {
      code: "context_invalid",
      message: 'p/parallel/a: the context field "secret" was looked at, and p/parallel declares who, log only.',
    },
  });
  expect(await new Stage().run(desk().parallel({ a: notes }, { include: ["who"] }))).toMatchObject({
    failure: {
      code: "context_invalid",
      message: expect.stringContaining('the context field "log" was written, and p/parallel declares who only'),
    },
  });
  const decides = pipeline().branch((_: unknown, about) => (about.context as { secret: string }).secret, { s: echo("s") } as never);
  expect(await new Stage().run(desk().parallel({ a: decides }, { include }))).toMatchObject({
    failure: { message: expect.stringContaining('the context field "secret" was looked at') },
  });
});

test("CTX-5: what names a field that there is not, and two branches that declare the same plain field, are refused before there is a run", async () => {
  const writes = (name: string, field: "who" | "log") => step({ name, context: Desk, writes: [field], run: (value: unknown) => value });
  const refused = async (program: AnyStep): Promise<string> => String(await new Stage().run(program).catch((error: unknown) => error));
  const misspelt = step({ name: "a", context: Desk, reads: ["hwo" as "who"], run: (value: unknown) => value });
  expect(await refused(desk().step(misspelt))).toContain(
    'p/a: reads names the context field "hwo", which nobody declares. Those there are: who, secret',
  );
  expect(await refused(desk().parallel({ a: echo("a") }, { include: ["hwo" as "who"] }))).toContain(
    'p/parallel: include names the context field "hwo"',
  );
  expect(await refused(pipeline({ name: "p" }).step(writes("a", "who")))).toContain("and no context is declared");
  const rivals = { a: writes("x", "who"), b: pipeline().step(echo("y")).step(writes("x", "who")) };
  expect(await refused(desk().parallel(rivals))).toContain(
    'p/parallel: the branches "a" and "b" both declare that they write the context field "who"',
  );
  expect(await new Stage().run(desk().parallel(rivals, { merge: "overwrite" }))).toMatchObject({ status: "succeeded" });
  expect(await new Stage().run(desk().parallel({ a: writes("x", "log"), b: writes("x", "log") }))).toMatchObject({ status: "succeeded" });
});

const Case = context(
  z.object({
    summary: z.string().max(12).default(""),
    deep: z.object({ note: z.string().optional() }).default({}),
    log: z.array(z.string()).default([]),
  }),
  {
    log: "append",
  },
);
const room = () => pipeline({ name: "p", context: Case });

test("CTX-6: what a program gives is written to the place of its `sinkTo`, too, whoever gave it, and contributed where that has a reducer", async () => {
  const program = room()
    .step(echo("a"), { sinkTo: "summary" })
    .step(fails("b"), { onError: { default: "instead" }, sinkTo: "deep.note" })
    .step(echo("c"), { sinkTo: "log" })
    .step(pipeline().step(echo("d")), { sinkTo: "log", retries: 1 });
  expect(await new Stage().run(program)).toMatchObject({
    output: "d c instead",
    context: { summary: "a in", deep: { note: "instead" }, log: ["c instead", "d c instead"] },
  });
});

test("CTX-7: what does not fit the context there, or may not be written there, fails the program, and is written nowhere", async () => {
  expect(await new Stage().run(room().step(echo("much too long"), { sinkTo: "summary" }))).toMatchObject({
    status: "failed",
    failure: { code: "context_invalid", message: expect.stringContaining("summary") },
    context: { summary: "" },
  });
  const inside = room().parallel({ a: pipeline({ context: Case }).step(echo("a"), { sinkTo: "summary" }) }, { include: ["log"] });
  expect(await new Stage().run(inside)).toMatchObject({
    failure: {
      code: "context_invalid",
      message: expect.stringContaining('the context field "summary" was written, and p/parallel declares log only'),
    },
  });
  const refused = async (sinkTo: string): Promise<string> =>
    String(await new Stage().run(room().step(echo("a"), { sinkTo: sinkTo as "summary" })).catch((error: unknown) => error));
  expect(await refused("sumary")).toContain('sinkTo names the context field "sumary", which nobody declares');
  expect(await refused("log.x")).toContain("has a reducer (append)");
  expect(await refused("deep..note")).toContain("Give a field of the context");
});

test("CTX-8: what was written by `sinkTo` is there after a resume, and is not checked again", async () => {
  const stage = new Stage();
  const program = room()
    .step(echo("a"), { sinkTo: "summary" })
    .step(stage.door())
    .step("see", (_, { context: seen }) => seen.summary);
  await stage.park(program);
  expect(await stage.resume(program)).toMatchObject({ output: "a in", context: { summary: "a in" } });
});
