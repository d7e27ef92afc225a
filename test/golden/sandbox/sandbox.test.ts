import assert from "node:assert/strict";
import { createHash, randomBytes, randomFill, randomFillSync, randomInt, randomUUID } from "node:crypto";
import nodeCrypto from "node:crypto";
import { performance as hooksPerformance } from "node:perf_hooks";
import { afterEach, describe, expect, it, vi } from "vitest";
import { Sfc32 } from "../../../src/base/sfc32.ts";
import { inSandbox, keepSandboxes } from "../../../src/golden/sandbox/sandbox.ts";

const NOON = Date.UTC(2031, 4, 6, 12);
const at = (key: string, nowMs = NOON) => ({ now: () => nowMs, seed: "seed", key });

/** Everything that a sandbox stands in for, as a program outside sees it. */
const OWNERS: readonly (readonly [string, object])[] = [
  ["globalThis", globalThis],
  ["Date", Date],
  ["Date.prototype", Date.prototype],
  ["Math", Math],
  ["performance", performance],
  ["crypto", crypto],
  ["node:crypto", nodeCrypto],
];
const MEMBERS = [
  "Date",
  "now",
  "constructor",
  "random",
  "timeOrigin",
  "randomUUID",
  "getRandomValues",
  "randomBytes",
  "randomInt",
  "randomFill",
  "randomFillSync",
];
const asItIs = () =>
  OWNERS.flatMap(([name, owner]) =>
    MEMBERS.map((member) => [`${name}.${member}`, Object.getOwnPropertyDescriptor(owner, member)] as const),
  );
const MACHINE = asItIs();

afterEach(() => {
  vi.useRealTimers();
  assert.deepStrictEqual(asItIs(), MACHINE); // put back exactly, after every test
});

/** What a function can draw. */
const draw = () => {
  const view = new Uint16Array(4);
  return {
    random: [Math.random(), Math.random()],
    uuid: [crypto.randomUUID(), randomUUID(), nodeCrypto.randomUUID()],
    values: [...crypto.getRandomValues(new Uint32Array(3))],
    bytes: randomBytes(7).toString("hex"),
    int: [randomInt(10), randomInt(5, 7)],
    filled: [...randomFillSync(view, 1, 2)],
  };
};

describe("time in a sandbox", () => {
  it("is what it is given, in every way of asking for it", () => {
    const seen = inSandbox(at("k"), () => ({
      called: Date(),
      made: new Date().getTime(),
      now: Date.now(),
      precise: performance.now(),
      ofHooks: hooksPerformance.now(),
      ofDay: performance.timeOrigin + performance.now(),
    }));
    const text = new Date(NOON).toString();
    expect(seen).toStrictEqual({ called: text, made: NOON, now: NOON, precise: NOON, ofHooks: NOON, ofDay: NOON });
  });

  it("goes on as its clock does, and is a whole number of milliseconds where a date is", () => {
    let nowMs = NOON;
    const seen = inSandbox({ ...at("k"), now: () => (nowMs += 0.5) }, () => [Date.now(), new Date().getTime(), performance.now()]);
    expect(seen).toStrictEqual([NOON, NOON + 1, NOON + 1.5]);
  });

  it("may be the machine's own", () => {
    const before = Date.now();
    const seen = inSandbox({ ...at("k"), now: () => Date.now() }, () => Date.now());
    expect(seen).toBeGreaterThanOrEqual(before);
    expect(seen).toBeLessThan(before + 60_000);
  });

  it("leaves dates what they are: instances, subclasses, clones, parsing, Intl", () => {
    const before = new Date(5);
    const RealDate = Date;
    inSandbox(at("k"), () => {
      class Day extends Date {
        get isNoon(): boolean {
          return this.getUTCHours() === 12;
        }
      }
      const day = new Day();
      expect(day).toBeInstanceOf(Date);
      expect(day).toBeInstanceOf(Day);
      expect(day).toBeInstanceOf(RealDate);
      expect(day.isNoon).toBe(true);
      expect(new Day(0).getTime()).toBe(0);
      expect(before).toBeInstanceOf(Date);
      expect(structuredClone(new Date())).toBeInstanceOf(Date);
      expect(structuredClone(new Date()).getTime()).toBe(NOON);
      expect(new Date().constructor).toBe(Date);
      expect(before.constructor).toBe(Date);
      expect(Object.getPrototypeOf(new Date())).toBe(Date.prototype);
      expect(Date.parse("1970-01-01T00:00:01Z")).toBe(1000);
      expect(Date.UTC(1970, 0, 1, 0, 0, 2)).toBe(2000);
      expect(new Date(2031, 0, 2, 3, 4, 5, 6).getMilliseconds()).toBe(6);
      expect(new Date("1970-01-01").getTime()).toBe(0);
      expect(new Date(undefined as unknown as string).getTime()).toBeNaN();
      expect([Date.name, Date.length]).toStrictEqual(["Date", 7]);
      expect(new Intl.DateTimeFormat("en", { timeZone: "UTC", year: "numeric" }).format(new Date())).toBe("2031");
      return day;
    });
  });

  it("is asked of a `Date` that was taken before, too, where that is asked for the time", () => {
    const { Date: taken } = globalThis;
    expect(inSandbox(at("k"), () => taken.now())).toBe(NOON);
  });
});

describe("chance in a sandbox", () => {
  it("is the same for the same seed and key, and another for each other seed or key", () => {
    const first = inSandbox(at("k"), draw);
    expect(inSandbox(at("k"), draw)).toStrictEqual(first);
    const others = [inSandbox(at("l"), draw), inSandbox({ ...at("k"), seed: "other" }, draw)];
    for (const other of others) {
      expect(other.random).not.toStrictEqual(first.random);
      expect(other.uuid).not.toStrictEqual(first.uuid);
      expect(other.bytes).not.toBe(first.bytes);
      expect(other.values).not.toStrictEqual(first.values);
    }
    expect(new Set(first.uuid).size).toBe(3);
  });

  it("does not mix seed and key: what ends one and begins the other counts", () => {
    const random = (seed: string, key: string) => inSandbox({ now: () => 0, seed, key }, () => Math.random());
    expect(random("ab", "c")).not.toBe(random("a", "bc"));
  });

  it("is drawn by sfc32, seeded with the SHA-256 of seed and key", () => {
    const hash = createHash("sha256").update("seed\0k").digest();
    const generator = new Sfc32(hash.readUInt32BE(0), hash.readUInt32BE(4), hash.readUInt32BE(8));
    const words = [generator.next(), generator.next(), generator.next()];
    expect([...inSandbox(at("k"), () => crypto.getRandomValues(new Uint32Array(3)))]).toStrictEqual(words);
    expect(inSandbox(at("k"), () => Math.random())).toBe((((words[0] ?? 0) >>> 5) * 2 ** 26 + ((words[1] ?? 0) >>> 6)) / 2 ** 53);
  });

  it("has the form of what it stands for", () => {
    inSandbox(at("k"), () => {
      for (let n = 0; n < 200; n++) {
        expect(crypto.randomUUID()).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
        const share = Math.random();
        expect(share >= 0 && share < 1).toBe(true);
        expect([5, 6]).toContain(randomInt(5, 7));
      }
      expect(Buffer.isBuffer(randomBytes(3))).toBe(true);
      expect(randomBytes(0)).toHaveLength(0);
      const given = new Uint8Array(4);
      expect(crypto.getRandomValues(given)).toBe(given);
    });
  });

  it("is spread evenly", () => {
    const buckets = Array.from({ length: 10 }, () => 0);
    inSandbox(at("k"), () => {
      for (let n = 0; n < 10_000; n++) {
        const bucket = Math.floor(Math.random() * 10);
        buckets[bucket] = (buckets[bucket] ?? 0) + 1;
      }
    });
    for (const count of buckets) expect(Math.abs(count - 1000)).toBeLessThan(150); // 5 standard deviations
  });

  it("is told to callbacks, after the call", async () => {
    const ask = () =>
      new Promise((resolve, reject) => {
        let isSync = true;
        const view = new Uint8Array(4);
        randomBytes(4, (_error, first) => {
          if (isSync) reject(new Error("told before the call was over"));
          randomInt(100, (_none, second) => {
            randomFill(view, 2, (_nothing, third) => resolve([first.toString("hex"), second, [...third]]));
          });
        });
        isSync = false;
      });
    const first = await inSandbox(at("k"), ask);
    expect(await inSandbox(at("k"), ask)).toStrictEqual(first);
    expect(first).toHaveProperty("2.0", 0); // what was not to be filled
  });

  it("refuses wrong arguments as the original does", () => {
    const problems = () =>
      [
        () => crypto.getRandomValues(new Float32Array(1) as unknown as Uint8Array),
        () => crypto.getRandomValues(new Uint8Array(65_537)),
        () => randomBytes(-1),
        () => randomInt(3, 3),
        () => randomFillSync("no" as unknown as Uint8Array),
        () => (Object.create(crypto) as typeof crypto).randomUUID(),
      ].map((wrong) => {
        try {
          return `gave ${String(wrong())}`;
        } catch (error) {
          return String(error);
        }
      });
    const outside = problems();
    expect(outside.filter((problem) => problem.startsWith("gave"))).toStrictEqual([]);
    expect(inSandbox(at("k"), problems)).toStrictEqual(outside);
  });
});

describe("a sandbox", () => {
  it("holds in all that is awaited: promises, timers, turns of the event loop, streams", async () => {
    const seen = await inSandbox(at("k"), async () => {
      const times = [Date.now()];
      await new Promise((resolve) => setTimeout(resolve, 1));
      times.push(Date.now());
      await new Promise((resolve) => setImmediate(resolve));
      times.push(Date.now());
      await new Promise<void>((resolve) => process.nextTick(resolve));
      times.push(Date.now());
      for await (const _piece of new Response("text").body ?? []) times.push(Date.now());
      await Promise.all([1, 2].map(async () => times.push(await Promise.resolve().then(() => Date.now()))));
      return times;
    });
    expect(seen).toStrictEqual(seen.map(() => NOON));
    expect(seen).toHaveLength(7);
  });

  it("changes nothing outside, while it goes on", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const inside = inSandbox(at("k"), async () => {
      await promise;
      return Date.now();
    });
    const random = [Math.random(), Math.random()];
    expect(random[0]).not.toBe(random[1]);
    expect(random).not.toContain(inSandbox(at("k"), () => Math.random()));
    expect(Math.abs(Date.now() - new Date().getTime())).toBeLessThan(10_000);
    expect(Date.now()).not.toBe(NOON);
    expect(Date()).not.toContain("2031");
    expect(performance.now()).toBeLessThan(1e9);
    expect(performance.timeOrigin).toBeGreaterThan(1e12);
    expect(crypto.randomUUID()).not.toBe(crypto.randomUUID());
    resolve();
    expect(await inside).toBe(NOON);
  });

  it("may go on at the same time as others, each with time and chance of its own", async () => {
    const one = async (n: number) =>
      inSandbox(at(`k${n}`, NOON + n), async () => {
        const drawn = [Math.random()];
        for (let turn = 0; turn < 5; turn++) {
          await new Promise((resolve) => setTimeout(resolve, (n * 7 + turn * 3) % 5));
          expect(Date.now()).toBe(NOON + n);
          drawn.push(Math.random());
        }
        return drawn;
      });
    const together = await Promise.all(Array.from({ length: 20 }, (_, n) => one(n)));
    const apart = [];
    for (let n = 0; n < 20; n++) apart.push(await one(n));
    expect(together).toStrictEqual(apart);
  });

  it("may be inside of another, whose draws go on as if it had not been there", () => {
    const without = inSandbox(at("k"), () => [Math.random(), Math.random()]);
    const seen = inSandbox(at("k"), () => {
      const first = Math.random();
      const inner = inSandbox(at("inner", 7), () => [Date.now(), Math.random()]);
      return { draws: [first, Math.random()], inner, now: Date.now() };
    });
    expect(seen.draws).toStrictEqual(without);
    expect(seen.inner).toStrictEqual([7, inSandbox(at("inner", 7), () => Math.random())]);
    expect(seen.now).toBe(NOON);
  });

  it("ends with what is thrown, at once or later, and gives what is returned, a promise or not", async () => {
    expect(() =>
      inSandbox(at("k"), () => {
        throw new Error("at once");
      }),
    ).toThrow("at once");
    expect(asItIs()).toStrictEqual(MACHINE);
    await expect(
      inSandbox(at("k"), async () => {
        await Promise.resolve();
        throw new Error("later");
      }),
    ).rejects.toThrow("later");
    expect(inSandbox(at("k"), () => 1)).toBe(1);
    expect(await inSandbox(at("k"), async () => 2)).toBe(2);
  });

  it("leaves what it left behind to what is around it", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const letGo = keepSandboxes();
    const left = inSandbox(at("outer", 5), async () => {
      const inner = inSandbox(at("inner", 7), () => ({ later: promise.then(() => Date.now()) }));
      resolve();
      return inner.later;
    });
    expect(await left).toBe(5);
    letGo();
    letGo(); // once is enough
  });

  it("does not change places that others need: globals stay in place over many while they are kept", () => {
    const letGo = keepSandboxes();
    const OurDate = Date;
    expect(inSandbox(at("k"), () => Date)).toBe(OurDate);
    inSandbox(at("l"), () => undefined);
    expect(Date).toBe(OurDate);
    expect(Date.now()).not.toBe(NOON);
    letGo();
    expect(Date).not.toBe(OurDate);
  });

  it("leaves timers alone", () => {
    const { setTimeout: before } = globalThis;
    expect(inSandbox(at("k"), () => setTimeout)).toBe(before);
  });
});

describe("beside fake timers", () => {
  const FAKE = Date.UTC(2020, 0, 1);

  it("a sandbox has its own time; outside of it the fake one counts, before, during and after", async () => {
    vi.useFakeTimers({ now: FAKE });
    const seen = await inSandbox(at("k"), async () => [Date.now(), new Date().getTime()]);
    expect(seen).toStrictEqual([NOON, NOON]);
    expect(Date.now()).toBe(FAKE);
    const letGo = keepSandboxes();
    vi.advanceTimersByTime(1000);
    expect([Date.now(), new Date().getTime()]).toStrictEqual([FAKE + 1000, FAKE + 1000]);
    letGo();
    vi.useRealTimers();
    expect(Date.now()).toBeGreaterThan(FAKE + 86_400_000);
  });

  it("that begin or end while a sandbox is in use, both go on rightly", async () => {
    const letGo = keepSandboxes();
    vi.useFakeTimers({ now: FAKE });
    expect(Date.now()).toBe(FAKE);
    expect(inSandbox(at("k"), () => [Date.now(), new Date().getTime()])).toStrictEqual([NOON, NOON]);
    expect(new Date().getTime()).toBe(FAKE);
    let hasRung = false;
    setTimeout(() => {
      hasRung = true;
    }, 50);
    vi.advanceTimersByTime(50);
    expect(hasRung).toBe(true);
    vi.useRealTimers();
    expect(Date.now()).not.toBe(FAKE + 50);
    expect(inSandbox(at("k"), () => Date.now())).toBe(NOON);
    letGo();
  });
});
