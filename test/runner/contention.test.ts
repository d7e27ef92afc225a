import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { Flujo, pipeline, type RunEvent, step } from "../../src/index.ts";

const folder = mkdtempSync(join(tmpdir(), "flujo-contention-"));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
const durable = () => new Flujo({ state: `sqlite:${join(folder, `${files++}.db`)}`, durability: "normal" });

describe("many runs in one file", () => {
  test("every operation is done once, also where runs share commits and steps arrive at different times", async () => {
    await using flujo = durable();
    const done = new Map<string, number>();
    const counted = (name: string, effect: "none" | "once") =>
      step({
        name,
        effect,
        run: async (value: unknown, { idempotencyKey }) => {
          done.set(idempotencyKey, (done.get(idempotencyKey) ?? 0) + 1);
          await new Promise((resolve) => setTimeout(resolve, Math.random() * 6)); // outcomes must arrive while others are being written
          return value;
        },
      });
    const charges = pipeline({ name: "charges", input: z.array(z.number()) })
      .map(counted("look", "none"))
      .step(counted("charge", "once"));
    const results = await Promise.all(Array.from({ length: 20 }, () => flujo.run(charges, [1, 2, 3])));
    expect(results.every(({ status }) => status === "succeeded")).toBe(true);
    expect([...done.values()]).toEqual(Array.from({ length: 80 }, () => 1));
  });

  test("a wide map of steps that never pause lets the event loop have its turn", async () => {
    await using flujo = new Flujo();
    let turns = 0;
    const ticking = setInterval(() => (turns += 1), 1);
    const busy = step("busy", (n: number) => {
      for (const until = performance.now() + 1; performance.now() < until; );
      return n;
    });
    const wide = pipeline({ name: "wide", input: z.array(z.number()) }).map(busy, { concurrency: Infinity });
    await flujo.run(
      wide,
      Array.from({ length: 300 }, (_, n) => n),
    );
    clearInterval(ticking);
    expect(turns).toBeGreaterThan(5); // 300 ms of work in goes of 8 ms; without the goes it is 0 or 1
  });
});

describe("closing", () => {
  const slow = pipeline({ name: "slow" })
    .step("first", async () => new Promise<number>((resolve) => setTimeout(() => resolve(1), 20)))
    .step("second", () => 2);

  test("waits for what is only beginning: it is refused or parked, and nobody owns it afterwards", async () => {
    for (let ticks = 0; ticks < 8; ticks++) {
      const flujo = durable();
      const runs = Promise.allSettled([flujo.run(slow, undefined, { runId: "a" }), flujo.run(slow, undefined, { runId: "b" })]);
      for (let tick = 0; tick < ticks; tick++) await Promise.resolve();
      await flujo.close();
      for (const run of await runs) {
        if (run.status === "fulfilled") expect(run.value.status).toBe("stopped");
        else expect(run.reason).toMatchObject({ code: "flujo_closed" });
      }
      await using again = new Flujo({ state: `sqlite:${join(folder, `${files - 1}.db`)}` });
      for (const record of await again.list()) expect(record).toMatchObject({ status: "stopped", owner: null });
    }
  });

  test("from inside a step parks the run, which can be gone on with", async () => {
    const flujo = durable();
    let closes = true;
    const program = pipeline({ name: "p" }).step("closes", async (_: undefined, { signal }) => {
      if (!closes) return "done";
      closes = false;
      flujo.close().catch(() => undefined);
      return new Promise<string>((resolve) => signal.addEventListener("abort", () => resolve("aborted")));
    });
    const stopped = await flujo.run(program, undefined);
    expect(stopped.status).toBe("stopped");
    await using again = new Flujo({ state: `sqlite:${join(folder, `${files - 1}.db`)}` });
    expect((await again.resume(program, stopped.runId)).unwrap()).toBe("done");
  });
});

describe("an answer", () => {
  test("that is accepted is on record, whenever it comes", async () => {
    const two = pipeline({ name: "two", input: z.number() }).parallel({
      a: pipeline().human("ask a", { answer: z.string() }),
      b: pipeline().human("ask b", { answer: z.string() }),
    });
    for (let ticks = 0; ticks < 12; ticks++) {
      await using flujo = new Flujo();
      const { runId } = await flujo.run(two, 1);
      const first = flujo.answer(two, runId, { pause: "ask a", value: "A" });
      for (let tick = 0; tick < ticks; tick++) await Promise.resolve();
      const [, second] = await Promise.allSettled([first, flujo.answer(two, runId, { pause: "ask b", value: "B" })]);
      const open = (await flujo.find(runId))?.pauses.map(({ name }) => name) ?? [];
      if (second.status === "fulfilled") expect(open).not.toContain("ask b");
      else expect(second.reason).toMatchObject({ code: "run_owned" });
      const left = second.status === "fulfilled" ? second.value : await flujo.answer(two, runId, { pause: "ask b", value: "B" });
      expect(left.unwrap()).toMatchObject({ a: { answer: "A" }, b: { answer: "B" } });
    }
  });

  test("that cannot be stored is refused, and the run goes on waiting", async () => {
    class Money {
      readonly cents = 1;
    }
    const program = pipeline({ name: "p", input: z.number() }).human("ask", { answer: z.string().transform(() => new Money()) });
    await using flujo = new Flujo();
    const { runId } = await flujo.run(program, 1);
    await expect(flujo.answer(program, runId, { value: "x" })).rejects.toMatchObject({ code: "value_unstorable" });
    expect(await flujo.find(runId)).toMatchObject({ status: "paused" });
  });
});

describe("what cannot even be looked at", () => {
  const revoked = (): object => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  };
  const nasty: readonly (readonly [string, () => unknown])[] = [
    [
      "an error whose message throws",
      () => throwIt(Object.defineProperty(new Error(), "message", { get: () => throwIt(new Error("inner")) })),
    ],
    ["an error whose name is a symbol", () => throwIt(Object.assign(new Error("x"), { name: Symbol("odd") }))],
    [
      "an error whose stack throws",
      () => throwIt(Object.defineProperty(new Error("x"), "stack", { get: () => throwIt(new Error("inner")) })),
    ],
    ["a revoked proxy, thrown", () => throwIt(revoked())],
    ["undefined, thrown", () => throwIt(undefined)],
    ["an object whose then throws, returned", () => Object.defineProperty({}, "then", { get: () => throwIt(new Error("inner")) })],
  ];
  test.each(nasty)("%s fails the step, and nothing else", async (_name, run) => {
    await using flujo = new Flujo();
    const result = await flujo.run(pipeline({ name: "p" }).step("s", run), undefined);
    expect(result).toMatchObject({ status: "failed", failure: { code: "step_failed", path: "p/s" } });
  });

  function throwIt(thrown: unknown): never {
    throw thrown;
  }
});

describe("watching", () => {
  test("a listener that is async and rejects is a warning, and the run goes on", async () => {
    const warned: string[] = [];
    const hear = (warning: Error): number => warned.push(warning.message);
    process.on("warning", hear);
    await using flujo = new Flujo();
    const onEvent = (async (_event: RunEvent) => Promise.reject(new Error("async listener"))) as (event: RunEvent) => void;
    expect(
      (
        await flujo.run(
          step("s", () => 1),
          undefined,
          { onEvent },
        )
      ).status,
    ).toBe("succeeded");
    await new Promise((resolve) => setTimeout(resolve, 5));
    process.off("warning", hear);
    expect(warned.join()).toContain("async listener");
  });

  test("a stream has one reader; a second is refused, and takes nothing from the first", async () => {
    await using flujo = new Flujo();
    const stream = flujo.stream(
      step("s", async () => 1),
      undefined,
    );
    const read = async (): Promise<number> => {
      let events = 0;
      for await (const _event of stream) events += 1;
      return events;
    };
    const [first, second] = await Promise.allSettled([read(), read()]);
    expect(first).toMatchObject({ status: "fulfilled" });
    expect(second).toMatchObject({ status: "rejected", reason: { code: "usage_invalid" } });
  });
});
