import { expect, test } from "vitest";
import { z } from "zod";
import type { RunEvent } from "../../src/index.ts";
import { pipeline, step } from "../../src/index.ts";
import { Lab, RUN } from "./support/lab.ts";

const leaf = <Name extends string>(name: Name) => step(name, async (value: unknown) => value);

async function told(events: AsyncIterable<RunEvent>): Promise<readonly RunEvent[]> {
  const all: RunEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

test("law 7, streams: entries come in the order of seq, each once, and are the journal itself", async () => {
  const lab = new Lab();
  const program = pipeline({ name: "p" }).parallel({
    a: leaf("a"),
    b: pipeline()
      .step(leaf("x"))
      .branch(() => "k" as const, { k: leaf("k") }),
    c: leaf("c"),
  });
  const events = await told(lab.flujo().stream(program, "in", RUN));
  const entries = events.flatMap((event) => (event.family === "entry" ? [event.entry] : []));
  expect(entries).toEqual(await lab.journal());
  expect(entries.map(({ seq }) => seq)).toEqual(entries.map(({ seq }) => seq).toSorted((a, b) => a - b));
});

test("law 7, streams: an entry is told only after it was committed", async () => {
  const lab = new Lab();
  const program = pipeline({ name: "p" }).step(leaf("a")).step(leaf("b"));
  const early: number[] = [];
  let asked = Promise.resolve();
  const onEvent = (event: RunEvent): void => {
    if (event.family !== "entry") return;
    const { seq } = event.entry;
    asked = asked.then(async () => {
      if ((await lab.inner.entriesAt(RUN.runId, [seq])).length === 0) early.push(seq);
    });
  };
  await lab.flujo().run(program, "in", { ...RUN, onEvent });
  await asked;
  expect(early).toEqual([]);
  expect(lab.log).toHaveLength(2);
});

test("law 7, streams: progress is told and never stored", async () => {
  const lab = new Lab();
  const events = await told(lab.flujo().stream(pipeline({ name: "p" }).step(leaf("a")), "in", RUN));
  const progress = events.filter(({ family }) => family === "progress");
  expect(progress).toMatchObject([{ type: "operation-started", path: "p/a", attempt: 1, runId: "run-1" }]);
  expect((await lab.journal()).map(({ type }) => type)).toEqual(["run-started", "operation-finished", "run-finished"]);
});

test("law 7, streams: a slow reader loses progress, never an entry", async () => {
  const lab = new Lab();
  const items = Array.from({ length: 3_000 }, (_, index) => index);
  const stream = lab.flujo().stream(
    pipeline({ name: "p" }).map(
      step("a", (value: number) => value),
      { concurrency: 3_000 },
    ),
    items,
    RUN,
  );
  await stream.result; // read nothing before it is over
  const events = await told(stream);
  expect(events.filter(({ family }) => family === "entry")).toHaveLength((await lab.journal()).length);
  expect(events.filter(({ family }) => family === "progress").length).toBeLessThanOrEqual(1_000);
});

test("law 7, streams: who stops reading does not stop the run, and who throws in a listener does not either", async () => {
  const lab = new Lab();
  const stream = lab.flujo().stream(pipeline({ name: "p" }).step(leaf("a")).step(leaf("b")), "in", RUN);
  for await (const event of stream) {
    expect(event.runId).toBe("run-1");
    break;
  }
  expect(await stream.result).toMatchObject({ status: "succeeded", output: "in" });
  const warned = new Promise<Error>((resolve) => process.once("warning", resolve));
  const onEvent = (): never => {
    throw new Error("a broken listener");
  };
  expect(await lab.flujo().run(pipeline({ name: "p" }).step(leaf("a")), "in", { onEvent })).toMatchObject({ status: "succeeded" });
  expect((await warned).message).toContain("a broken listener");
});

test("law 7, streams: a resumed run tells only what is new", async () => {
  const lab = new Lab();
  const program = pipeline({ name: "p" }).step(leaf("a")).human("ask", { answer: z.string() }).step(leaf("b"));
  await lab.flujo().run(program, "in", RUN);
  const before = (await lab.journal()).length;
  const seqs: number[] = [];
  const onEvent = (event: RunEvent): void => {
    if (event.family === "entry") seqs.push(event.entry.seq);
  };
  await lab.flujo().answer(program, RUN.runId, { value: "yes", options: { onEvent } });
  expect(seqs).toEqual((await lab.journal()).slice(before).map(({ seq }) => seq));
});

test("law 7, streams: a run that cannot go on rejects, and its reader is told as well", async () => {
  const lab = new Lab();
  const flujo = lab.flujo();
  const stream = flujo.stream(pipeline({ name: "p", input: z.string() }).step(leaf("a")), 7 as never, RUN);
  await expect(told(stream)).rejects.toMatchObject({ code: "input_invalid" });
  await expect(stream.result).rejects.toMatchObject({ code: "input_invalid" });
});
