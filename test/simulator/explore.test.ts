import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test, vi } from "vitest";
import { pipeline } from "../../src/index.ts";
import { explore, HistoryError } from "../../src/testing/index.ts";
import { race } from "./support/programs.ts";

test("ends with the first seed whose history fails the check, and prints how to have it again", async () => {
  const looked: number[] = [];
  const failing = explore({
    seeds: 100,
    from: 40,
    build: race,
    check: ({ seed, crashes }) => {
      looked.push(seed);
      if (crashes.length === 3) throw new Error("three are too many");
    },
  });
  const error = await failing.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(HistoryError);
  const { seed, history, message } = error as HistoryError;
  expect(looked).toEqual(Array.from({ length: seed - 39 }, (_, index) => 40 + index));
  expect(history.match(/dies of write/g)).toHaveLength(3);
  expect(message).toContain(`Seed ${seed}: three are too many`);
  expect(message).toContain(`FLUJO_SIM_SEED=${seed}`);
  expect(message).toContain(history);
});

test("looks at one seed alone, and prints it, where the environment names one", async () => {
  const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
  vi.stubEnv("FLUJO_SIM_SEED", "123");
  try {
    const seen: number[] = [];
    const { histories } = await explore({ seeds: 1_000, build: race, check: ({ seed }) => void seen.push(seed) });
    expect([histories, seen]).toEqual([1, [123]]);
    expect(log.mock.calls.map(([text]) => text as unknown)).toEqual([expect.stringContaining("History of seed 123: succeeded")]);
    vi.stubEnv("FLUJO_SIM_SEED", "x");
    await expect(explore({ seeds: 1, build: race })).rejects.toThrow("FLUJO_SIM_SEED is no seed: x");
  } finally {
    vi.unstubAllEnvs();
    log.mockRestore();
  }
});

test("a program that is another one in every process cannot go on after a crash, and is found", async () => {
  let built = 0;
  const build = () => ({
    program: pipeline({ name: "p" })
      .step(`step-${built++}`, (n: number) => n)
      .step("last", (n: number) => n),
    input: 1,
  });
  await expect(explore({ seeds: 20, build })).rejects.toThrow(/plan_changed/);
});

test("ten thousand histories leave nothing behind in memory", { timeout: 120_000 }, async () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const held = async (seeds: number): Promise<number> => {
    await explore({ seeds, build: race, builds: "once" });
    collect();
    return process.memoryUsage().heapUsed;
  };
  const before = await held(2_000);
  expect((await held(10_000)) - before).toBeLessThan(2_000_000); // 200 bytes a history would be as much
});
