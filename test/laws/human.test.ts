import { expect, test } from "vitest";
import { z } from "zod";
import type { RunResult } from "../../src/index.ts";
import { Flujo, pipeline, step } from "../../src/index.ts";
import { Lab, RUN } from "./support/lab.ts";

const Answer = z.object({ ok: z.boolean() });
const asks = (name: string) => pipeline().human(name, { show: ({ output }) => ({ about: output }), answer: Answer });
const tell = step(
  "tell",
  ({ input, answer }: { readonly input: unknown; readonly answer: { readonly ok: boolean } }) => `${String(input)} ${answer.ok}`,
);

test("a person is shown what the author says and answers in a typed shape; input and answer are passed on", async () => {
  const lab = new Lab();
  const program = pipeline({ name: "p" })
    .human("ask", { show: ({ output }) => `Send ${String(output)}?`, answer: Answer })
    .step(tell);
  const paused = await lab.flujo().run(program, "mail", RUN);
  expect(paused).toMatchObject({
    status: "paused",
    pauses: [{ id: "p/ask", name: "ask", show: "Send mail?", answerSchema: { type: "object" } }],
  });
  expect(() => paused.unwrap()).toThrow(expect.objectContaining({ code: "run_paused" }));
  expect(await lab.flujo().result(RUN.runId)).toEqual(paused);
  expect(await lab.inner.findRun(RUN.runId)).toMatchObject({ status: "paused", owner: null, pauses: [{ id: "p/ask" }] });
  expect(await lab.flujo().answer(program, RUN.runId, { value: { ok: true } })).toMatchObject({ status: "succeeded", output: "mail true" });
});

test("an answer of the wrong shape is refused and the run goes on waiting; so is one for what it does not wait for", async () => {
  const lab = new Lab();
  const program = pipeline({ name: "p" }).human("ask", { answer: Answer });
  const paused = await lab.flujo().run(program, "in", RUN);
  const before = await lab.journal();
  await expect(lab.flujo().answer(program, RUN.runId, { value: { ok: "yes" } })).rejects.toMatchObject({ code: "answer_invalid" });
  await expect(lab.flujo().answer(program, RUN.runId, { pause: "other", value: { ok: true } })).rejects.toMatchObject({
    code: "pause_not_found",
    details: { pauses: ["p/ask"] },
  });
  expect(await lab.journal()).toEqual(before);
  expect(await lab.flujo().resume(program, RUN.runId)).toEqual(paused);
  await lab.flujo().answer(program, RUN.runId, { value: { ok: true } });
  await expect(lab.flujo().answer(program, RUN.runId, { value: { ok: true } })).rejects.toMatchObject({ code: "pause_not_found" });
});

const SHAPES = {
  parallel: pipeline({ name: "p" }).parallel({ a: asks("ask"), b: asks("ask"), c: step("c", () => "no question") }),
  map: pipeline({ name: "p" })
    .step("list", () => [1, 2, 3])
    .map(pipeline().human("ask", { answer: Answer }).step(tell), { concurrency: 3 }),
  branch: pipeline({ name: "p" }).branch(() => "k" as const, {
    k: pipeline().human("ask", { answer: Answer }).human("again", { answer: Answer }),
  }),
  nested: pipeline({ name: "p" }).step(pipeline({ name: "n" }).step(pipeline({ name: "m" }).human("ask", { answer: Answer }))),
  combined: pipeline({ name: "p" })
    .step("list", () => [1, 2])
    .map(pipeline().parallel({ x: asks("ask"), y: pipeline().branch(() => "k" as const, { k: asks("deep") }) }), { concurrency: 1 }),
};

test.each(Object.entries(SHAPES))(
  "people may be asked inside a %s, answered one by one in other processes, first to last or last to first, to the same end",
  async (_name, program) => {
    const ends = [(count: number) => count - 1, () => 0, (count: number) => count >> 1].map(async (pick) => {
      const lab = new Lab();
      let result: RunResult<unknown> = await lab.flujo().run(program as never, "in" as never, RUN);
      let answers = 0;
      while (result.status === "paused") {
        const pause = result.pauses[pick(result.pauses.length)];
        expect(pause).toBeDefined();
        result = await lab
          .flujo()
          .answer(program, RUN.runId, { pause: String(pause?.id), value: { ok: pause?.id.includes("[1]") === true } });
        answers++;
      }
      return { status: result.status, output: result.unwrap(), answers };
    });
    const [first, ...others] = await Promise.all(ends);
    expect(first?.status).toBe("succeeded");
    expect(first?.answers).toBeGreaterThan(0);
    for (const other of others) expect(other).toEqual(first);
  },
);

test("while a person is asked in one branch, the others go on, and a living run takes the answer itself", async () => {
  const lab = new Lab();
  const { promise: held, resolve: release } = Promise.withResolvers<string>();
  const program = pipeline({ name: "p" }).parallel({ ask: asks("ask"), work: step("work", () => held) });
  const flujo = lab.flujo();
  const going = flujo.run(program, "in", RUN);
  await expect.poll(async () => (await lab.journal()).some(({ type }) => type === "wait-opened")).toBe(true);
  const answered = flujo.answer(program, RUN.runId, { value: { ok: true } });
  await expect.poll(() => lab.keys()).toEqual(["p/parallel/ask/ask"]);
  release("done");
  const result = await going;
  expect(result).toMatchObject({ status: "succeeded", output: { ask: { answer: { ok: true } }, work: "done" } });
  expect(await answered).toEqual(result);
});

test("a question that lost its race is closed: nobody can answer it any more", async () => {
  const lab = new Lab();
  const fails = step("fails", async (): Promise<never> => {
    await new Promise(setImmediate);
    throw new Error("no");
  });
  const program = pipeline({ name: "p" }).parallel({ ask: asks("ask"), fails });
  expect(await lab.flujo().run(program, "in", RUN)).toMatchObject({ status: "failed", failure: { path: "p/parallel/fails" } });
  await expect(lab.flujo().answer(program, RUN.runId, { value: { ok: true } })).rejects.toMatchObject({ code: "pause_not_found" });
});

test("several pauses of one name must be told apart, and the refusal names them", async () => {
  const lab = new Lab();
  await lab.flujo().run(SHAPES.parallel, "in", RUN);
  const pauses = ["p/parallel/a/ask", "p/parallel/b/ask"];
  await expect(lab.flujo().answer(SHAPES.parallel, RUN.runId, { value: { ok: true } })).rejects.toMatchObject({
    code: "pause_not_found",
    details: { pauses },
  });
  await expect(lab.flujo().answer(SHAPES.parallel, RUN.runId, { pause: "ask", value: { ok: true } })).rejects.toMatchObject({
    code: "pause_not_found",
    details: { pauses },
  });
});

test("what was put off because something before it took long is done before the run comes to rest for a person", async () => {
  const done: string[] = [];
  const slow = step("slow", (value: string) => {
    const begun = performance.now();
    while (performance.now() - begun < 25); // the event loop is given its turn before what is started next
    done.push("slow");
    return value;
  });
  const later = step("later", (value: string) => {
    done.push("later");
    return value;
  });
  const asks = pipeline({ name: "asks", input: z.string() }).human("ask", { answer: z.string() });
  const program = pipeline({ name: "p", input: z.string() }).parallel({ asks, slow, later });
  await using flujo = new Flujo();
  expect((await flujo.run(program, "in")).status).toBe("paused");
  expect(done).toEqual(["slow", "later"]);
});
