import { describe, expect, test } from "vitest";
import { FlujoError } from "../../base/errors.ts";
import { whenFree } from "./back-off.ts";
import { type Transactions, type Write, WriteQueue } from "./write-queue.ts";

function busy(): Error {
  return Object.assign(new Error("database is locked"), { code: "SQLITE_BUSY" });
}

/** Writes down what happens; is locked for as many tries as it is told. */
class Recorder implements Transactions {
  readonly log: string[] = [];
  locked = 0;
  broken = "";

  begin(): void {
    this.#meetLock();
    this.log.push("begin");
  }
  commit(): void {
    this.log.push("commit");
  }
  rollback(): void {
    this.log.push("rollback");
  }
  isRefusal(error: unknown): boolean {
    return FlujoError.is(error);
  }
  write(runId: string, what: string): Write {
    const within = (): void => {
      if (what === "refused") throw new FlujoError("lease_lost", runId);
      if (what === this.broken) throw new Error(`${what} is broken`);
      this.log.push(what);
    };
    return {
      runId,
      within,
      alone: () => {
        this.#meetLock();
        within();
      },
    };
  }
  #meetLock(): void {
    if (this.locked > 0) {
      this.locked--;
      throw busy();
    }
  }
}

async function outcomeOf(pending: void | Promise<void>): Promise<string> {
  try {
    await pending;
    return "written";
  } catch (error) {
    return error instanceof Error ? error.message : "?";
  }
}

describe("a write that may go alone", () => {
  test("happens at once, without a promise and without a transaction", () => {
    const recorder = new Recorder();
    expect(new WriteQueue(recorder, 100).write(recorder.write("a", "a1"), true)).toBeUndefined();
    expect(recorder.log).toEqual(["a1"]);
  });

  test("throws at once what is wrong with it", () => {
    const recorder = new Recorder();
    expect(() => new WriteQueue(recorder, 100).write(recorder.write("a", "refused"), true)).toThrow("lease_lost");
  });

  test("waits its turn behind writes that wait already", async () => {
    const recorder = new Recorder();
    const queue = new WriteQueue(recorder, 100);
    const first = queue.write(recorder.write("a", "a1"), false);
    const second = queue.write(recorder.write("a", "a2"), true);
    expect(recorder.log).toEqual([]);
    await Promise.all([first, second]);
    expect(recorder.log).toEqual(["begin", "a1", "a2", "commit"]);
  });
});

describe("writes of several runs", () => {
  test("share one transaction, in the order they came", async () => {
    const recorder = new Recorder();
    const queue = new WriteQueue(recorder, 100);
    for (const one of ["a1", "b1", "a2", "c1"].map((what) => queue.write(recorder.write(what.charAt(0), what), false))) await one;
    expect(recorder.log).toEqual(["begin", "a1", "b1", "a2", "c1", "commit"]);
  });

  test("are accepted or refused each on its own; what waits behind a refusal in its own run is refused with it", async () => {
    const recorder = new Recorder();
    const queue = new WriteQueue(recorder, 100);
    const writes = [
      ["a", "a1"],
      ["b", "refused"],
      ["b", "b2"],
      ["c", "c1"],
    ] as const;
    const outcomes = await Promise.all(writes.map(([run, what]) => outcomeOf(queue.write(recorder.write(run, what), false))));
    expect(outcomes).toEqual(["written", expect.stringContaining("lease_lost"), expect.stringContaining("lease_lost"), "written"]);
    expect(recorder.log).toEqual(["begin", "a1", "c1", "commit"]);
  });

  test("are written one by one when one of them breaks the transaction for all", async () => {
    const recorder = new Recorder();
    recorder.broken = "b1";
    const queue = new WriteQueue(recorder, 100);
    const writes = ["a1", "b1", "b2", "c1"];
    const outcomes = await Promise.all(writes.map((what) => outcomeOf(queue.write(recorder.write(what.charAt(0), what), false))));
    expect(outcomes).toEqual(["written", "b1 is broken", "b1 is broken", "written"]);
    expect(recorder.log).toEqual(["begin", "a1", "rollback", "a1", "c1"]);
  });
});

describe("a lock of another process", () => {
  test("is waited for without blocking, and order is kept", async () => {
    const recorder = new Recorder();
    recorder.locked = 4;
    const queue = new WriteQueue(recorder, 1_000);
    const first = queue.write(recorder.write("a", "a1"), true);
    expect(first).toBeInstanceOf(Promise);
    const second = queue.write(recorder.write("a", "a2"), true);
    await Promise.all([first, second]);
    expect(recorder.log.filter((line) => line.startsWith("a"))).toEqual(["a1", "a2"]);
    await queue.idle();
    expect(queue.write(recorder.write("a", "a3"), true), "at once again").toBeUndefined();
  });

  test("that never ends is reported to all who wait, and the queue goes on after it", async () => {
    const recorder = new Recorder();
    recorder.locked = Number.POSITIVE_INFINITY;
    const queue = new WriteQueue(recorder, 10);
    expect(await Promise.all(["a1", "b1"].map((what) => outcomeOf(queue.write(recorder.write(what, what), true))))).toEqual([
      "database is locked",
      "database is locked",
    ]);
    recorder.locked = 0;
    expect(queue.write(recorder.write("a", "a2"), true)).toBeUndefined();
  });

  test("met in the middle of single writes: those before it are written, those after it wait", async () => {
    const recorder = new Recorder();
    recorder.broken = "b1";
    const queue = new WriteQueue(recorder, 1_000);
    const lockOnce: Write = {
      runId: "c",
      within: () => recorder.log.push("c1"),
      alone: () => {
        if (!recorder.log.includes("met")) {
          recorder.log.push("met");
          throw busy();
        }
        recorder.log.push("c1");
      },
    };
    const outcomes = await Promise.all(
      [recorder.write("a", "a1"), recorder.write("b", "b1"), lockOnce, recorder.write("b", "b2")].map((write) =>
        outcomeOf(queue.write(write, false)),
      ),
    );
    expect(outcomes).toEqual(["written", "b1 is broken", "written", "b1 is broken"]);
    expect(recorder.log).toEqual(["begin", "a1", "rollback", "a1", "met", "c1"]);
  });

  test("is waited for by a read, too", async () => {
    let tries = 0;
    const read = (): number => {
      if (++tries < 4) throw busy();
      return 42;
    };
    expect(await whenFree(read, 1_000)).toBe(42);
    await expect(
      whenFree(() => {
        throw busy();
      }, 5),
    ).rejects.toThrow("locked");
    expect(() =>
      whenFree(() => {
        throw new Error("other");
      }, 5),
    ).toThrow("other");
  });
});
