import { expect, test } from "vitest";
import type { JournalStore } from "../../src/index.ts";
import { Flujo, pipeline, step, withPolicy } from "../../src/index.ts";
import { memoryStore } from "../../src/journal/memory/memory-store.ts";
import { ManualClock } from "../../src/testing/index.ts";
import { turns } from "../semantics/support/stage.ts";

/** Commits wait for the gate, once it is shut: what arrives meanwhile is taken in together. */
class Gate {
  #open: PromiseWithResolvers<void> | null = null;
  readonly store: JournalStore;

  constructor(inner: JournalStore) {
    const commit: JournalStore["commit"] = async (request) => {
      await this.#open?.promise;
      return inner.commit(request);
    };
    this.store = new Proxy(inner, {
      get: (target, name) => {
        const member = Reflect.get(target, name, target) as unknown;
        return name === "commit" ? commit : typeof member === "function" ? (member.bind(target) as unknown) : member;
      },
    });
  }

  shut(): void {
    this.#open = Promise.withResolvers();
  }

  open(): void {
    this.#open?.resolve();
    this.#open = null;
  }
}

/** A step under a limit of 100 ms beside another whose end makes the store write, so that both the step's end and the limit are found together. */
async function race(order: "success first" | "limit first", { total = false } = {}) {
  const clock = new ManualClock();
  const gate = new Gate(memoryStore());
  const done = Promise.withResolvers<string>();
  const other = Promise.withResolvers<string>();
  const limited = withPolicy(
    pipeline({ name: "limited" }).step(step("work", (): Promise<string> => done.promise)),
    total ? { totalTimeoutMs: 100 } : { timeoutMs: 100 },
  );
  const program = pipeline({ name: "p" }).parallel({ limited, other: step("other", () => other.promise) }, { onFailure: "ignore" });
  await using flujo = new Flujo({ state: gate.store, clock });
  const running = flujo.run(program, 1, { runId: "r" });
  await turns();
  gate.shut();
  other.resolve("written");
  await turns(); // the store writes from here on
  if (order === "success first") {
    done.resolve("in time");
    await turns();
    await clock.advance(100);
  } else {
    await clock.advance(100);
    done.resolve("too late");
  }
  await turns();
  gate.open();
  const live = await running;
  const entries = await flujo.entries("r");
  return { live, entries, path: "p/parallel/limited/limited" };
}

test.each([{ total: false }, { total: true }])(
  "what has ended before its time was over has succeeded, although both are found at once (%o)",
  async (how) => {
    const { live } = await race("success first", how);
    expect(live).toMatchObject({ status: "succeeded", output: { limited: "in time", other: "written" } });
  },
);

test.each([{ total: false }, { total: true }])(
  "what has ended after its time was over has not, although both are found at once (%o)",
  async (how) => {
    const { live } = await race("limit first", how);
    expect(live).toMatchObject({ status: "succeeded", output: { other: "written" } });
    expect(live.status === "succeeded" && live.output).not.toMatchObject({ limited: expect.anything() });
  },
);
