import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { sha256 } from "../../../src/base/hash.ts";
import { parseGolden } from "../../../src/golden/file/parse-golden.ts";
import { printGolden } from "../../../src/golden/file/print-golden.ts";
import { readGolden } from "../../../src/golden/file/read-golden.ts";
import { writeGolden } from "../../../src/golden/file/write-golden.ts";
import type { Golden } from "../../../src/golden/golden.ts";
import { FlujoFile } from "../../../src/model/flujo-file.ts";
import { ForeignValue } from "../../../src/model/foreign-value.ts";
import { goldenWith, stepAt, TRIAGE } from "./sample.ts";

vi.setConfig({ testTimeout: 60_000 }); // machines may be busy

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "flujo-goldens-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const fileOf = (name: string) => join(folder, "goldens", "triage", `${name}.golden.yaml`);
const payloadsThere = () => readdirSync(join(folder, "goldens", "triage", "payloads")).sort();
const long = (mark: string) => `${mark} `.repeat(2_000);
const longName = (mark: string) => `${sha256(long(mark)).slice(0, 32)}.txt`;
const saying = (...marks: readonly string[]) => goldenWith({ input: marks.map(long) });

test("a golden that is written is read back equal, with its payloads beside it", async () => {
  const bytes = new Uint8Array(5_000).map((_, index) => index);
  const golden = goldenWith({
    input: new FlujoFile({ sha256: sha256(bytes), mediaType: "image/png", name: "a.png", bytes }),
    context: { prompt: long("a"), rows: Array.from({ length: 500 }, (_, index) => ({ index, at: new Date(index) })) },
    operations: TRIAGE.operations,
  });
  await writeGolden(fileOf("big"), golden);
  expect(await readGolden(fileOf("big"))).toStrictEqual(golden);
  expect(
    payloadsThere()
      .map((name) => name.replace(/^.{32}/, ""))
      .sort(),
  ).toEqual([".json", ".txt"]);
  expect(statSync(fileOf("big")).size).toBeLessThan(4_000);
});

test("the smallest golden says nothing that goes without saying", () => {
  expect(printGolden(goldenWith({ operations: [stepAt("triage/double"), stepAt("triage/again")] })).text).toBe(`format: 1
pipeline: triage
plan: "5d0c2f6f0b1e4a77"
startsAt: "2030-01-01T00:00:00.000Z"
seed: seed-1
input: 1

operations:
  - step: triage/double
    request: { input: 1 }
    response: { value: 2 }

  - step: triage/again
    request: { input: 1 }
    response: { value: 2 }

result:
  status: succeeded
  output: 2
`);
});

test("a golden without payloads makes no folder for them, and leaves nothing else behind", async () => {
  await writeGolden(fileOf("a"), TRIAGE);
  await writeGolden(fileOf("a"), goldenWith());
  expect(readdirSync(join(folder, "goldens", "triage"))).toEqual(["a.golden.yaml"]);
});

test("the same golden is the same bytes, and is not written again", async () => {
  await writeGolden(fileOf("a"), saying("x"));
  const [before, bytes] = [statSync(fileOf("a")).ino, readFileSync(fileOf("a"), "utf8")];
  await writeGolden(fileOf("a"), structuredClone(saying("x")));
  expect([statSync(fileOf("a")).ino, readFileSync(fileOf("a"), "utf8")]).toEqual([before, bytes]);
});

test("a payload goes when the golden that had it has it no more, unless another of the folder has it", async () => {
  await writeGolden(fileOf("one"), saying("a", "b", "c"));
  await writeGolden(fileOf("two"), saying("b"));
  expect(payloadsThere()).toEqual(["a", "b", "c"].map(longName).sort());
  await writeGolden(fileOf("one"), saying("c", "d"));
  expect(payloadsThere()).toEqual(["b", "c", "d"].map(longName).sort());
  await writeGolden(fileOf("two"), goldenWith());
  expect(payloadsThere()).toEqual(["c", "d"].map(longName).sort());
});

test("a payload that was changed by hand is put right when its golden is written again", async () => {
  await writeGolden(fileOf("one"), saying("a"));
  writeFileSync(join(folder, "goldens", "triage", "payloads", longName("a")), "changed");
  await expect(readGolden(fileOf("one"))).rejects.toMatchObject({ code: "golden_unreadable" });
  await writeGolden(fileOf("one"), saying("a"));
  expect(await readGolden(fileOf("one"))).toStrictEqual(saying("a"));
});

test("goldens of one folder may be written at the same time: each is whole afterwards, with all its payloads", async () => {
  const goldens = Array.from({ length: 20 }, (_, index): [string, Golden] => [`g${index % 7}`, saying(`m${index % 5}`, `n${index % 3}`)]);
  await Promise.all(goldens.map(([name, golden]) => writeGolden(fileOf(name), golden)));
  for (const [name, golden] of new Map(goldens)) expect(await readGolden(fileOf(name))).toStrictEqual(golden);
  const needed = new Set([...new Map(goldens).values()].flatMap((golden) => [...printGolden(golden).payloads.keys()]));
  expect(payloadsThere()).toEqual([...needed].sort());
});

test("whoever reads while it is written sees one golden or the other", async () => {
  const [one, other] = [goldenWith({ seed: "a".repeat(50_000) }), goldenWith({ seed: "b".repeat(60_000) })];
  await writeGolden(fileOf("a"), one);
  const writer = { isBusy: true };
  const writes = (async () => {
    for (let turn = 0; turn < 50; turn++) await writeGolden(fileOf("a"), turn % 2 === 0 ? other : one);
    writer.isBusy = false;
  })();
  let reads = 0;
  for (; writer.isBusy; reads++) expect([one.seed, other.seed]).toContain((await readGolden(fileOf("a"))).seed);
  await writes;
  expect(reads).toBeGreaterThan(0);
});

test("a golden that cannot be stored or read again is refused, and the one before is left", async () => {
  await writeGolden(fileOf("a"), TRIAGE);
  const unfit = [
    { input: () => 1 },
    { context: { at: Symbol("s") } },
    { startsAtMs: 0.5 },
    { operations: Array.from({ length: 170 }, (_, index) => stepAt(`triage/${index}${"x".repeat(100_000)}`)) },
    {
      operations: [
        stepAt("triage/a", { request: Object.fromEntries(Array.from({ length: 800 }, (_, at) => [`k${at}`, "x".repeat(1_500)])) }),
      ],
    },
  ];
  for (const over of unfit) await expect(writeGolden(fileOf("a"), goldenWith(over))).rejects.toMatchObject({ code: "value_unstorable" });
  expect(await readGolden(fileOf("a"))).toStrictEqual(TRIAGE);
  expect(readdirSync(join(folder, "goldens", "triage"))).toEqual(["a.golden.yaml"]);
});

test("where the file system does not let it be written it says so, and all is as it was", async () => {
  await writeGolden(fileOf("a"), saying("a"));
  const before = readFileSync(fileOf("a"), "utf8");
  mkdirSync(join(folder, "goldens", "triage", "payloads", longName("c"))); // so the second of two payloads cannot be
  await expect(writeGolden(fileOf("a"), saying("b", "c"))).rejects.toMatchObject({
    code: "usage_invalid",
    message: expect.stringMatching(/a\.golden\.yaml cannot be written: EISDIR/),
  });
  expect(readFileSync(fileOf("a"), "utf8")).toBe(before);
  expect(payloadsThere()).toEqual(["a", "c"].map(longName).sort());
});

test("what is of a class that is not registered here is refused, or kept to be shown and written again", async () => {
  const golden = goldenWith({ input: new ForeignValue({ tag: "elsewhere", version: 2, data: { cents: 1n } }) });
  await writeGolden(fileOf("a"), golden);
  await expect(readGolden(fileOf("a"))).rejects.toThrow(
    /a\.golden\.yaml:8:5: .*"elsewhere", version 2, which this process cannot read\. Register its class/,
  );
  const kept = await readGolden(fileOf("a"), { foreign: "keep" });
  expect(kept).toStrictEqual(golden);
  expect(printGolden(kept)).toEqual(printGolden(golden));
});

test("a golden of eight times as many operations takes no more than some twelve times as long", () => {
  const msFor = (count: number) => {
    const golden = goldenWith({ operations: Array.from({ length: count }, (_, index) => stepAt(`triage/items[${index}]/double`)) });
    const begins = performance.now();
    const { text } = printGolden(golden);
    expect(parseGolden(text, { file: "g", payload: () => null }).operations).toHaveLength(count);
    return performance.now() - begins;
  };
  msFor(400); // to be warm
  const ratios = [1, 2, 3].map(() => msFor(1_600) / msFor(200));
  expect(Math.min(...ratios)).toBeLessThan(12);
});
