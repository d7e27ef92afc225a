import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { z } from "zod";
import { agent, pipeline, step } from "../../src/index.ts";
import type { Sim } from "../../src/testing/index.ts";
import { explore, scriptedModel, simulate } from "../../src/testing/index.ts";
import { race } from "./support/programs.ts";

const CHILD = fileURLToPath(new URL("child-histories.ts", import.meta.url));

async function printed(seeds: number, builds: "process" | "once" = "process"): Promise<readonly string[]> {
  const histories: string[] = [];
  for (let seed = 0; seed < seeds; seed++) histories.push((await simulate({ seed, build: race, builds })).toString());
  return histories;
}

test("the same seed gives the same history, to the letter, and another seed another", async () => {
  const histories = await printed(300);
  expect(await printed(300)).toEqual(histories);
  expect(await printed(300, "once")).toEqual(histories);
  expect(new Set(histories.map((text) => text.replaceAll(/seed \d+|sim-\d+|SEED=\d+|seed: \d+/g, "seed"))).size).toBeGreaterThan(200);
});

test("in another process, too, which ends by itself: nothing of the processes that died goes on", { timeout: 60_000 }, async () => {
  const told = execFileSync(process.execPath, ["--disable-warning=ExperimentalWarning", CHILD, "100"], {
    encoding: "utf8",
    env: { ...process.env, NODE_ENV: "test" },
  });
  expect(told).toBe(`${(await printed(100)).join("\n")}\n`);
});

test("agents, whose packages take turns of the event loop, give the same history again", async () => {
  const build = (sim: Sim) => {
    const model = scriptedModel(async ({ turn }) => {
      await sim.at(`model ${turn}`).latency(5);
      return { text: `turn ${turn}` };
    });
    const talk = (name: string) => agent({ name, model, instructions: "Talk.", input: z.number() });
    return { program: pipeline({ name: "p", input: z.number() }).parallel({ a: talk("a"), b: talk("b") }), input: 1 };
  };
  for (let seed = 0; seed < 30; seed++) {
    const history = (await simulate({ seed, build })).toString();
    expect((await simulate({ seed, build })).toString()).toBe(history);
  }
});

test("one more draw in one place leaves what is drawn in all others as it was", async () => {
  const drawnBy = async (seed: number, more: boolean): Promise<readonly string[]> => {
    const drawn: string[] = [];
    const build = (sim: Sim) => {
      const draws = (name: string) =>
        step(name, async (n: number, context) => {
          const here = sim.at(context);
          if (more && name === "a") here.int(100);
          await here.latency(10);
          if (name !== "a") drawn.push(`${name} ${here.int(1_000_000)}`);
          return n;
        });
      return { program: pipeline({ name: "p" }).parallel({ a: draws("a"), b: draws("b"), c: draws("c") }), input: 1 };
    };
    await simulate({ seed, build, crashes: "none" });
    return drawn.toSorted();
  };
  for (let seed = 0; seed < 50; seed++) expect(await drawnBy(seed, true)).toEqual(await drawnBy(seed, false));
});

test("what is due at the same time comes in every order there is", async () => {
  const build = (sim: Sim) => {
    const same = (name: string) =>
      step(
        name,
        (n: number) =>
          new Promise<number>(
            (resolve) =>
              void sim
                .at(name)
                .latency(0)
                .then(() => resolve(n)),
          ),
      );
    const late = (name: string) =>
      step(name, async (n: number) => {
        while (sim.at(name).int(2) === 0) await sim.at(name).latency(1);
        return n;
      });
    return { program: pipeline({ name: "p" }).parallel({ a: late("a"), b: late("b"), c: late("c"), d: same("d") }), input: 1 };
  };
  const { orders } = await explore({ seeds: 1_000, build });
  expect(orders).toBe(24);
});
