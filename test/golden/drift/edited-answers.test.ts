import { describe as group, expect, test } from "vitest";
import { findCauses } from "../../../src/golden/drift/causes.ts";
import { compareGoldens } from "../../../src/golden/drift/compare.ts";
import type { Golden, GoldenOperation } from "../../../src/golden/golden.ts";
import { golden, decision, operation, step, succeeded } from "./support/build.ts";

// An answer that was edited in a golden is no difference itself: what is given it is asked something else than was recorded.

interface Leave {
  readonly days: number;
  readonly reason: string;
}

const was: Leave = { days: 3, reason: "rest" };
const is: Leave = { days: 9, reason: "work" };

function prompted(path: string, text: string): GoldenOperation {
  return operation("model", path, { request: { added: [{ role: "user", text }] }, response: succeeded("ok") });
}

const read = operation("model", "p/read/turn[0]", { request: { added: [] }, response: succeeded(is) });

function heads(runOf: (leave: Leave) => readonly GoldenOperation[], others: readonly [Leave, Leave] = [was, is]): readonly string[] {
  const of = (leave: Leave): Golden => golden({ operations: [read, ...runOf(leave)] });
  return findCauses(compareGoldens(of(others[0]), of(others[1]))).map(({ head }) => `${head.class} ${head.path}`);
}

group("one edited answer is one cause", () => {
  test("where branches beside each other are given it, as a value and in prompts", () => {
    const run = (leave: Leave) => [
      prompted("p/both/left/turn[0]", `Left: ${JSON.stringify(leave)}`),
      prompted("p/both/right/turn[0]", JSON.stringify(leave)),
      step("p/both/third", leave, 1),
      step("p/end", { left: "ok", right: "ok", third: 1 }, 1),
    ];
    expect(heads(run)).toEqual(["request p/both/left/turn[0]"]);
  });

  test("where one after the other is given it, and none gives something else", () => {
    const run = (leave: Leave) => [
      step("p/log", leave, null),
      decision("p/way/?key", leave, "short"),
      step("p/way/short/tell", leave, "told"),
      decision("p/ask/?show", leave, "Well?"),
      operation("human", "p/ask", { waitsFor: "answer", request: { show: "Well?" }, response: succeeded({ ok: true }) }),
      step("p/settle", { input: leave, answer: { ok: true } }, "settled"),
    ];
    expect(heads(run)).toEqual(["request p/log"]);
  });

  test("where only a part of it, or a sentence with it, is handed on", () => {
    expect(heads((leave) => [step("p/a", leave, 1), step("p/b", leave.days, 1)])).toEqual(["request p/a"]);
    expect(heads((leave) => [step("p/b", leave.reason, 1), prompted("p/c/turn[0]", `Because of ${leave.reason}.`)])).toEqual([
      "request p/b",
    ]);
  });
});

group("what has changed by itself stays a cause of its own", () => {
  test("prompts that are worded otherwise at two places", () => {
    const run = ({ reason }: Leave) => [
      prompted("p/both/left/turn[0]", reason === "rest" ? "Dear model: 3" : "Dear friend: 3"),
      prompted("p/both/right/turn[0]", reason === "rest" ? "Say it: 3" : "Tell me: 3"),
    ];
    expect(heads(run)).toEqual(["request p/both/left/turn[0]", "request p/both/right/turn[0]"]);
  });

  test("numbers that are others at two places", () => {
    expect(heads(({ days }) => [step("p/a", days, 1), step("p/b", days + 10, 1)])).toEqual(["request p/a", "request p/b"]);
  });
});

test("ten thousand that are given another answer are few causes, without long comparisons", () => {
  const text = "All work and no play makes a dull text. ".repeat(20);
  const run = ({ reason }: Leave) =>
    Array.from({ length: 10_000 }, (_, index) => step(`p/each[${index}]/a`, `${text}${index} ${reason}`, 1));
  expect(heads(run)).toEqual(["request p/each[0]/a"]);
});
