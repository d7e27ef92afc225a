import { describe, expect, test } from "vitest";
import { z } from "zod";
import { agent, Flujo, pipeline, step, tool } from "../../src/index.ts";
import { SpokenModel } from "./support/spoken-model.ts";
import { told, textOf } from "./support/told.ts";

/** A model that says the words of its agent's name. */
const naming = (name: string) => new SpokenModel((speech) => speech.say(...name.split(/(?= )/)).end()).model;
const speaker = (name: string) => agent({ name, model: naming(`I am ${name}`), instructions: "x" });
const note = step("note", (value: unknown) => value);

describe("the text stream of a run", () => {
  test("is an agent's text, piece by piece as the model says it, before the run is over", async () => {
    const spoken = new SpokenModel();
    await using flujo = new Flujo();
    const stream = flujo.stream(agent({ name: "a", model: spoken.model, instructions: "x" }), "hello");
    const pieces = stream.textStream[Symbol.asyncIterator]();
    const speech = await spoken.next();
    speech.say("Good");
    expect(await pieces.next()).toEqual({ done: false, value: "Good" });
    speech.say(" day");
    expect(await pieces.next()).toEqual({ done: false, value: " day" });
    speech.end();
    expect(await pieces.next()).toMatchObject({ done: true });
    expect(await stream.result).toMatchObject({ status: "succeeded", output: "Good day" });
  });

  test.each([
    ["an agent at its end", pipeline({ name: "p" }).step(speaker("one")).step(speaker("two")), "I am two"],
    ["an agent before steps", pipeline({ name: "p" }).step(speaker("one")).step(note).step("last", String), "I am one"],
    [
      "a pipeline at its end",
      pipeline({ name: "p" })
        .step(note)
        .step(pipeline({ name: "in" }).step(speaker("deep"))),
      "I am deep",
    ],
    [
      "the arm of a branch",
      pipeline({ name: "p" }).branch((): "l" | "r" => "r", { l: speaker("left"), r: speaker("right") }),
      "I am right",
    ],
    [
      "an arm without one",
      pipeline({ name: "p" })
        .step(speaker("one"))
        .branch((): "l" | "r" => "r", { l: speaker("left"), r: note }),
      "",
    ],
    [
      "a branch of steps",
      pipeline({ name: "p" })
        .step(speaker("one"))
        .branch(() => "r" as const, { r: note }),
      "I am one",
    ],
    [
      "a parallel of agents",
      pipeline({ name: "p" })
        .step(speaker("one"))
        .parallel({ l: speaker("left"), r: speaker("right") }),
      "",
    ],
    ["a parallel of steps", pipeline({ name: "p" }).step(speaker("one")).parallel({ l: note, r: note }), "I am one"],
    [
      "the default of a branch",
      pipeline({ name: "p" })
        .step("key", (): string => "z")
        .branch((key) => key, { a: speaker("left") }, { default: speaker("default") }),
      "I am default",
    ],
    [
      "a map of steps",
      pipeline({ name: "p" })
        .step(speaker("one"))
        .step("list", () => [1])
        .map(note),
      "I am one",
    ],
    ["no agent", pipeline({ name: "p" }).step(note), ""],
  ])("with %s it is the text of who speaks last", async (_what, program, text) => {
    await using flujo = new Flujo();
    expect(await textOf(flujo.stream(program, "hello").textStream)).toBe(text);
  });

  test("with a map of agents there is none, since several speak at once", async () => {
    const program = pipeline({ name: "p", input: z.array(z.string()) }).map(speaker("each"));
    await using flujo = new Flujo();
    expect(await textOf(flujo.stream(program, ["a", "b"]).textStream)).toBe("");
  });

  test("has what is said before a tool is called, and not what another agent says as a tool", async () => {
    const inner = agent({ name: "inner", model: naming("not for you"), instructions: "x" });
    const look = tool({ name: "look", description: "l", input: z.object({ at: z.string() }), run: () => "seen" });
    const spoken = new SpokenModel((speech, index) => {
      if (index === 0) speech.say("I look. ").call("look", "1", '{"at":', '"it"}').end();
      else speech.say("Done.").end();
    });
    const program = agent({ name: "outer", model: spoken.model, instructions: "x", tools: [look] });
    await using flujo = new Flujo();
    expect(await textOf(flujo.stream(program, "hello").textStream)).toBe("I look. Done.");
    expect(await textOf(flujo.stream(pipeline({ name: "p" }).step(inner).step(speaker("last")), "x").textStream)).toBe("I am last");
  });

  test("has all of the text, however late it is read, and where the model does not stream", async () => {
    const words = Array.from({ length: 5_000 }, (_, n) => `${n} `);
    const spoken = new SpokenModel((speech) => speech.say(...words).end());
    await using flujo = new Flujo();
    const late = flujo.stream(agent({ name: "a", model: spoken.model, instructions: "x" }), "hello");
    await late.result;
    const pieces = [];
    for await (const piece of late.textStream) pieces.push(piece);
    expect(pieces.join("")).toBe(words.join(""));
    expect(pieces.length).toBeLessThan(10); // the unread ones were joined
  });

  test("says again what a second attempt says: what was said stays said", async () => {
    const spoken = new SpokenModel((speech, index) => {
      speech.say("Hel");
      if (index === 0) speech.breakOff();
      else speech.say("lo").end();
    });
    await using flujo = new Flujo();
    const stream = flujo.stream(agent({ name: "a", model: spoken.model, instructions: "x", retries: 1 }), "hello");
    expect(await textOf(stream.textStream)).toBe("HelHello");
    expect((await stream.result).unwrap()).toBe("Hello");
  });

  test("is one reading with the events: whoever has one cannot have the other", async () => {
    await using flujo = new Flujo();
    const stream = flujo.stream(speaker("a"), "hello");
    expect(await textOf(stream.textStream)).toBe("I am a");
    await expect(told(stream)).rejects.toMatchObject({ code: "usage_invalid" });
    const other = flujo.stream(speaker("a"), "hello");
    await told(other);
    await expect(textOf(other.textStream)).rejects.toMatchObject({ code: "usage_invalid" });
  });

  test("tells what keeps the run from beginning", async () => {
    await using flujo = new Flujo();
    const stream = flujo.stream(pipeline({ name: "p", input: z.string() }).step(speaker("a")), 7 as never);
    await expect(textOf(stream.textStream)).rejects.toMatchObject({ code: "input_invalid" });
    await expect(stream.result).rejects.toMatchObject({ code: "input_invalid" });
  });

  test("can be left while it waits, and the run goes on", async () => {
    const spoken = new SpokenModel();
    await using flujo = new Flujo();
    const stream = flujo.stream(agent({ name: "a", model: spoken.model, instructions: "x" }), "hello");
    const pieces = stream.textStream[Symbol.asyncIterator]();
    const waiting = pieces.next();
    const speech = await spoken.next();
    await pieces.return?.();
    expect(await waiting).toMatchObject({ done: true });
    speech.say("all the same").end();
    expect((await stream.result).unwrap()).toBe("all the same");
  });
});

test("a stream knows the run's id at once, and the iterator returns the result", async () => {
  await using flujo = new Flujo();
  const stream = flujo.stream(note, 1, { runId: "mine" });
  expect(stream.runId).toBe("mine");
  const events = stream[Symbol.asyncIterator]();
  let next = await events.next();
  while (next.done !== true) next = await events.next();
  expect(next.value).toMatchObject({ status: "succeeded", output: 1, runId: "mine" });
  expect(flujo.stream(note, 1).runId).toMatch(/^[0-9a-f-]{36}$/);
});
