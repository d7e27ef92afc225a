import { expect, test } from "vitest";
import { agent, Flujo } from "../../src/index.ts";
import { scriptedModel } from "../../src/testing/index.ts";
import { eventStreamResponse } from "../../src/web/index.ts";

const speaker = () => agent({ name: "a", model: scriptedModel(["one two three"]), instructions: "Speak.", retries: 0 });

test("a second response made of one stream is refused, and the first loses nothing by it", async () => {
  await using flujo = new Flujo();
  const stream = flujo.stream(speaker(), "hi");
  const [first, second] = await Promise.all([eventStreamResponse(stream).text(), eventStreamResponse(stream).text()]);
  expect(second).toContain("A run's stream has one reader.");
  expect(first).toContain('"run-finished"');
  expect(first).toContain('event: end\ndata: {"status":"succeeded"');
});

test("whoever leaves without having read takes nothing from the one who reads", async () => {
  await using flujo = new Flujo();
  const stream = flujo.stream(speaker(), "hi");
  const events = stream[Symbol.asyncIterator]();
  await events.next();
  await stream[Symbol.asyncIterator]().return?.();
  await stream.textStream[Symbol.asyncIterator]().return?.();
  let last = await events.next();
  while (last.done !== true) last = await events.next();
  expect(last.value).toMatchObject({ status: "succeeded", output: "one two three" });
});
