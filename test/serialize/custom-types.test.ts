import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import type { CacheBackend, FlujoOptions } from "../../src/index.ts";
import { agent, cached, file, Flujo, FlujoFile, memoryCache, pipeline, sqliteCache, step } from "../../src/index.ts";
import { openDatabase } from "../../src/journal/sqlite/driver.ts";
import { decode, encode } from "../../src/serialize/codec.ts";
import { scriptedModel } from "../../src/testing/index.ts";
import { countDrawingsIn, drawAll } from "./draw.ts";
import { MockImageResult, registerTestTypes, USAGE_BEFORE_DATES, UsageResponse } from "./test-types.ts";

registerTestTypes();

const CHILD = fileURLToPath(new URL("./child.ts", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "flujo-serialize-"));
afterAll(() => rmSync(folder, { recursive: true }));

let places = 0;
let state = "";
let drawings = "";
beforeEach(() => {
  state = join(folder, `${++places}.db`);
  drawings = join(folder, `${places}.txt`);
  writeFileSync(drawings, "");
  countDrawingsIn(drawings);
});

const drawn = (): readonly string[] => readFileSync(drawings, "utf8").split("\n").slice(0, -1).toSorted();

/** A process that begins the run, waits until it asks, and dies. */
function childBegins(): void {
  expect(spawnSync(process.execPath, [CHILD, "begin", state, drawings], { stdio: ["ignore", "ignore", "inherit"] }).signal).toBe("SIGKILL");
}

/** Another one that answers, and says what came of it. */
function childAnswers(verb: "answer" | "answer-unregistered"): Readonly<Record<string, unknown>> {
  return JSON.parse(execFileSync(process.execPath, [CHILD, verb, state, drawings], { encoding: "utf8" })) as Readonly<
    Record<string, unknown>
  >;
}

describe("REQ-SER-002: the tests' own types, registered through the registry,", () => {
  test("go through the codec and back", () => {
    const usage = UsageResponse.of(3, 4);
    const read = decode(encode({ list: [usage, usage] }, "p")) as { readonly list: readonly UsageResponse[] };
    expect(read.list[0]).toBeInstanceOf(UsageResponse);
    expect([read.list[0]?.total, read.list[0]?.at]).toEqual([7n, usage.at]);
  });

  test.each<[string, () => FlujoOptions]>([
    ["memory", () => ({ strict: true })],
    ["SQLite", () => ({ state: `sqlite:${state}` })],
  ])("are outcomes, context and what a person is shown, in a run kept in %s", async (_name, options) => {
    await using flujo = new Flujo(options());
    const paper = await file(new Uint8Array(30_000), { name: "paper.png" });
    await flujo.run(drawAll, { prompts: ["cat", "horse"], paper }, { runId: "run-1" });
    const result = await flujo.answer(drawAll, "run-1", { value: { prompt: "horse" } });
    const { chosen, tokens } = result.unwrap();
    expect(chosen).toBeInstanceOf(MockImageResult);
    expect(chosen?.image).toBeInstanceOf(FlujoFile);
    expect(chosen?.usage.total).toBe(12n);
    expect(tokens).toBe(22n);
    expect(drawn()).toEqual(["cat", "horse"]);
  });

  test.each<[string, () => CacheBackend]>([
    ["memory", () => memoryCache()],
    ["a SQLite file", () => sqliteCache(state)],
  ])("are asked and kept by a cache in %s, and recalled as themselves", async (_name, open) => {
    const asked: bigint[] = [];
    const paint = step("paint", async (usage: UsageResponse) => {
      asked.push(usage.total);
      return new MockImageResult({ prompt: "cat", image: await file(new Uint8Array(9), { name: "cat.png" }), usage });
    });
    const kept = cached(paint, { backend: open() });
    await using flujo = new Flujo({ strict: true });
    for (const input of [1, 1, 2]) {
      const picture = (await flujo.run(kept, UsageResponse.of(input, 1))).unwrap();
      expect(picture).toBeInstanceOf(MockImageResult);
      expect(picture.usage.total).toBe(BigInt(input + 1));
      expect(picture.image.bytes).toEqual(new Uint8Array(9));
    }
    expect(asked).toEqual([2n, 3n]);
  });

  test("are there in another process, which repeats nothing that was recorded", { timeout: 30_000 }, () => {
    childBegins();
    expect(childAnswers("answer")).toEqual({
      prompt: "cat",
      image: expect.objectContaining({ file: "cat.png", mediaType: "image/png", size: 20_000 }) as object,
      pixel: 3,
      usedAt: "2030-01-01T00:00:00.000Z",
      total: "10",
      tokens: "22",
    });
    expect(drawn()).toEqual(["cat", "horse"]);
  });

  test("are refused by name in a process that has not registered them, and the run can be resumed by one that has", {
    timeout: 30_000,
  }, async () => {
    childBegins();
    const refused = childAnswers("answer-unregistered");
    expect(refused["code"]).toBe("state_unreadable");
    expect(refused["message"]).toMatch(/"test:(MockImageResult", version 1|UsageResponse", version 2).*registerCustomDeserializer/);
    expect(childAnswers("answer")).toMatchObject({ prompt: "cat", tokens: "22" });
    expect(drawn()).toEqual(["cat", "horse"]);
  });

  test("are read from a journal of before their data had its present form", async () => {
    const usage = UsageResponse.of(1, 1);
    await using flujo = new Flujo({ state: `sqlite:${state}` });
    const count = pipeline({ name: "count" }).step(step("ask", () => usage));
    await flujo.run(count, undefined, { runId: "run-1" });
    const db = await openDatabase(state);
    const old = encode({ value: new Date(0) }, "p"); // any text of the other form shows that it is that one
    expect(old.startsWith("[")).toBe(true);
    const stored = db.prepare("SELECT body FROM entry WHERE type = 3").get() as { readonly body: string };
    const parts = JSON.parse(stored.body) as unknown[];
    const envelope = parts.findIndex((part) => Array.isArray(part) && part[0] === "custom") + 1;
    const { version, data } = parts[envelope] as { readonly version: number; readonly data: number };
    const { tokens } = parts[data] as { readonly tokens: number };
    parts[envelope] = { ...(parts[envelope] as object), data: tokens };
    parts[version] = USAGE_BEFORE_DATES.version;
    db.prepare("UPDATE entry SET body = ? WHERE type = 3").run(JSON.stringify(parts));
    db.close();
    const result = await flujo.result("run-1");
    const read = result.status === "succeeded" ? result.output : null;
    expect(read).toBeInstanceOf(UsageResponse);
    expect((read as UsageResponse).at).toEqual(new Date(0));
  });
});

describe("REQ-SER-001: a class that nobody registered", () => {
  class Receipt {
    readonly cents = 1;
  }

  test("fails the step that returns it, by path and remedy, and is never flattened", async () => {
    const program = pipeline({ name: "pay" }).step(step("settle", () => ({ receipts: [new Receipt()] })));
    for (const options of [{ strict: true }, { state: `sqlite:${state}` }] as const) {
      await using flujo = new Flujo(options);
      const result = await flujo.run(program, undefined);
      expect(result).toMatchObject({ status: "failed", failure: { code: "value_unstorable", path: "pay/settle" } });
      expect(() => result.unwrap()).toThrow(/receipts\[0\] is an instance of Receipt.*registerCustomType/);
    }
  });

  test("a promise that nobody awaited is told what it lacks, not a registration", async () => {
    await using flujo = new Flujo({ state: `sqlite:${state}` });
    const result = await flujo.run(
      step("fetch", () => ({ later: Promise.resolve(1) })),
      undefined,
    );
    expect(result).toMatchObject({
      status: "failed",
      failure: { code: "value_unstorable", remedy: "Await it, and return what it gives." },
    });
  });
});

describe("files in runs", () => {
  test("a file that goes through many steps is in the state file once, and comes back whole", async () => {
    const photo = await file(new Uint8Array(1_000_000).fill(7), { name: "photo.png" });
    let program = pipeline({ name: "pass" }).step(step("first", (given: { readonly photo: FlujoFile }) => given));
    for (let index = 0; index < 20; index++) program = program.step(`step${index}`, (given) => given);
    const state1 = { state: `sqlite:${state}` } as const;
    await using flujo = new Flujo(state1);
    await flujo.run(program, { photo }, { runId: "run-1" });
    await using again = new Flujo(state1);
    const result = await again.result("run-1");
    expect(result.status === "succeeded" ? result.output : null).toEqual({ photo });
    const db = await openDatabase(state);
    expect(db.prepare("SELECT count(*) AS n, sum(length(bytes)) AS bytes FROM payload").get()).toEqual({ n: 1, bytes: 1_000_000 });
    db.close();
  });

  test("a schema says that a step or an agent takes a file, and what is none is refused", async () => {
    const Input = z.object({ photo: z.instanceof(FlujoFile), others: z.array(z.instanceof(FlujoFile)).default([]) });
    const model = scriptedModel(["A cat."]);
    const describePhoto = agent({ name: "describe", model, instructions: "Say what you see.", input: Input });
    const size = step({
      name: "size",
      input: Input,
      output: z.object({ photo: z.instanceof(FlujoFile) }),
      run: ({ photo }) => ({ photo }),
    });
    const photo = await file(new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), { name: "cat.png" });
    await using flujo = new Flujo({ strict: true });
    expect((await flujo.run(describePhoto, { photo })).unwrap()).toBe("A cat.");
    expect((await flujo.run(size, { photo, others: [photo] })).unwrap().photo).toEqual(photo);
    expect(JSON.stringify(await flujo.list())).not.toContain("bytes");
    await expect(flujo.run(size, { photo: "cat.png" } as never)).rejects.toMatchObject({ code: "input_invalid" });
  });
});
