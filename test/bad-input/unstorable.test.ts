import { describe, expect, test } from "vitest";
import type { Bad } from "./support/scene.ts";
import { ASKED, outcomeOf, start } from "./support/scene.ts";

class Account {
  readonly owner = "somebody";
}

function circle(): unknown {
  const around: { self?: unknown } = {};
  around.self = around;
  return around;
}

function revoked(): unknown {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

/** What no store can keep. */
const UNSTORABLE: Readonly<Record<string, () => unknown>> = {
  "a function": () => () => 1,
  "a symbol": () => Symbol("s"),
  "an instance of a class": () => new Account(),
  "a circle": circle,
  "a function deep inside": () => ({ a: [{ b: () => 1 }] }),
  "a WeakMap": () => new WeakMap(),
  "an open promise inside": () => ({ later: new Promise(() => undefined) }),
  "a getter that throws": () => ({
    get broken(): never {
      throw new Error("do not look");
    },
  }),
  "a revoked proxy": revoked,
  "lists nested 100,000 deep": () => {
    let list: unknown = [];
    for (let depth = 0; depth < 100_000; depth++) list = [list];
    return list;
  },
};

/** Where a value is kept. What a boolean or a time has to be returned by is refused before. */
const KEPT = ["step", "tap", "tool", "next", "output", "selector", "default", "show"] as const;

describe.each(KEPT)("returned by a %s", (where) => {
  test.each(Object.entries(UNSTORABLE))("%s fails the run with one sentence, and breaks nothing", async (_what, make) => {
    const bad: Bad = make;
    const result = await outcomeOf(ASKED[where]?.(bad) ?? start());
    expect(result).toMatchObject({ status: "failed", failure: { message: expect.stringMatching(/^p\/[^\n]+$/) } });
    if (result.status !== "failed") return;
    expect(["value_unstorable", "step_failed", "tool_failed", "decision_failed", "branch_key_unknown"]).toContain(result.failure.code);
    if (_what === "a function" && where !== "selector")
      expect(result.failure).toMatchObject({
        code: "value_unstorable",
        message: expect.stringContaining("is a function, which cannot be stored"),
      });
  });
});

test.each(Object.entries(UNSTORABLE))(
  "as an item of a map, as a branch of a parallel and as the last output of a loop, %s is told with its own place",
  async (_what, make) => {
    const bad = start().step("fn", make);
    const places = [
      [
        start()
          .step("list", () => [1])
          .map(bad),
        "p/map[0]/fn",
      ],
      [start().parallel({ a: bad }), "p/parallel/a/fn"],
      [start().loop(bad, { maxIterations: 2 }), "p/loop[0]/fn"],
    ] as const;
    for (const [program, path] of places) expect(await outcomeOf(program)).toMatchObject({ status: "failed", failure: { path } });
  },
);
