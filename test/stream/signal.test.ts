import { describe, expect, test } from "vitest";
import { agent, Flujo, pipeline, step } from "../../src/index.ts";
import { eventStreamResponse } from "../../src/web/index.ts";
import { startHangingModel } from "./support/hanging-model.ts";
import { serve } from "./support/serve.ts";
import { textOf } from "./support/told.ts";

const program = agent({ name: "a", model: "openai-compatible:m", instructions: "x", retries: 3 });
const flujoFor = (url: string): Flujo => new Flujo({ env: { OPENAI_COMPATIBLE_BASE_URL: url, OPENAI_COMPATIBLE_API_KEY: "k" } });

describe("the signal of a run", () => {
  test.each(["words", "headers", "nothing"] as const)("hangs up on a model that has said %s, and the run is cancelled", async (begin) => {
    await using server = await startHangingModel(begin);
    await using flujo = flujoFor(server.url);
    const controller = new AbortController();
    const stream = flujo.stream(program, "hello", { signal: controller.signal });
    await server.untilOpen(1);
    if (begin === "words") {
      let heard = "";
      for await (const piece of stream.textStream) {
        heard += piece;
        if (heard === "Once upon a time") break;
      }
    }
    controller.abort();
    expect(await stream.result).toMatchObject({ status: "cancelled" });
    await server.untilOpen(0); // the connection is closed, not only forgotten
    expect(server.requests).toBe(1); // and nobody tries again
    const entries = await flujo.entries(stream.runId);
    expect(entries.at(-1)).toMatchObject({ type: "run-finished", end: { status: "cancelled" } });
  });

  test("hangs up on all models that a run is listening to", async () => {
    await using server = await startHangingModel("words");
    await using flujo = flujoFor(server.url);
    const controller = new AbortController();
    const many = pipeline({ name: "p" })
      .step("list", () => Array.from({ length: 12 }, (_, n) => `${n}`))
      .map(program, { concurrency: 12 });
    const running = flujo.run(many, null, { signal: controller.signal });
    await server.untilOpen(12);
    controller.abort();
    expect((await running).status).toBe("cancelled");
    await server.untilOpen(0);
  });

  test("reaches from a page that is closed to the model, where the server hands it on", async () => {
    await using model = await startHangingModel("words");
    await using flujo = flujoFor(model.url);
    const results: Promise<unknown>[] = [];
    await using server = await serve((request) => {
      const stream = flujo.stream(program, "hello", { signal: request.signal });
      results.push(stream.result);
      return eventStreamResponse(stream);
    });
    const page = new AbortController();
    const response = await fetch(server.url, { signal: page.signal });
    await model.untilOpen(1);
    page.abort();
    await expect(response.text()).rejects.toMatchObject({ name: "AbortError" });
    await model.untilOpen(0);
    expect(await results[0]).toMatchObject({ status: "cancelled" });
  });

  test("is not needed to close a Flujo: what it listens to is hung up on, and can be resumed", async () => {
    await using server = await startHangingModel("words");
    const flujo = flujoFor(server.url);
    const stream = flujo.stream(program, "hello");
    const text = textOf(stream.textStream);
    await server.untilOpen(1);
    await flujo.close();
    expect(await stream.result).toMatchObject({ status: "stopped" });
    await server.untilOpen(0);
    expect("Once upon a time".startsWith(await text)).toBe(true);
  });

  test("that is aborted when the run begins lets no request go out", async () => {
    await using server = await startHangingModel("nothing");
    await using flujo = flujoFor(server.url);
    const result = await flujo.run(pipeline({ name: "p" }).step(step("s", String)).step(program), "x", { signal: AbortSignal.abort() });
    expect([result.status, server.requests]).toEqual(["cancelled", 0]);
  });
});
