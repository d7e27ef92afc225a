import { describe, expect, test } from "vitest";
import { z } from "zod";
import { agent, pipeline, step } from "../../src/index.ts";
import { scriptedModel } from "../../src/testing/index.ts";
import { KEPT, Workbench } from "./support/workbench.ts";

const text = z.string();
const p = pipeline({ name: "p", input: text });

function work(bench: Workbench, name: string) {
  return step({ name, version: "1", run: (value: string) => bench.call(name, `${value} ${name}`) });
}

type Plug = (bench: Workbench) => (output: string) => { readonly redirect: "b" } | { readonly solution: string } | boolean;

const sends: Plug = (bench) => (output) => bench.call("sends", output.endsWith("a") ? { redirect: "b" } : true);
const sendsToo: Plug = (bench) => (output) => bench.call("sends too", output.endsWith("a") ? { redirect: "b" } : true);
const mends: Plug = (bench) => (output) => bench.call("mends", { solution: `${output}!` });

const plugged = (bench: Workbench, plug: Plug) =>
  p
    .step(work(bench, "a"), { plugins: [{ name: "it", run: plug(bench) }], redirects: { b: work(bench, "b") } })
    .human("ask", { answer: text })
    .step("given", ({ input }) => input);

function speaks(bench: Workbench, { prompt, ending }: { readonly prompt: "?" | "!"; readonly ending: "." | ";" }) {
  const model = scriptedModel(() => bench.call("model", "words"));
  const promptProcessors =
    prompt === "?"
      ? [({ instructions, prompt: given }: Parts) => ({ instructions, prompt: `${given}?` })]
      : [({ instructions, prompt: given }: Parts) => ({ instructions, prompt: `${given}!` })];
  const outputProcessors =
    ending === "." ? [(said: string) => bench.call("out", `${said}.`)] : [(said: string) => bench.call("out", `${said};`)];
  const ag = agent({ name: "ag", model, instructions: "", promptProcessors, outputProcessors });
  return p
    .step(ag)
    .human("ask", { answer: text })
    .step("given", ({ input }) => input);
}

interface Parts {
  readonly instructions: string;
  readonly prompt: string;
}

describe.each(KEPT)("code of plugins and processors that changed: a run in %s", (kept) => {
  test("is not gone on with unseen", async () => {
    await using bench = new Workbench(kept);
    await bench.run(plugged(bench, sends), "in");
    await expect(bench.resume(plugged(bench, mends))).rejects.toMatchObject({
      code: "plan_changed",
      details: { changes: [{ path: "p/a:plugin it" }] },
    });
    const spoken = new Workbench(kept);
    await spoken.run(speaks(spoken, { prompt: "?", ending: "." }), "in");
    await expect(spoken.resume(speaks(spoken, { prompt: "!", ending: ";" }))).rejects.toMatchObject({
      code: "plan_changed",
      details: { changes: [{ path: "p/ag:promptProcessor 1" }, { path: "p/ag:outputProcessor 1" }] },
    });
    await spoken[Symbol.asyncDispose]();
  });

  test("goes on by somebody's leave with what is on record", async () => {
    await using bench = new Workbench(kept);
    await bench.run(plugged(bench, sends), "in");
    bench.called();
    expect((await bench.answer(plugged(bench, mends), "yes", { onCodeChange: "continue" })).unwrap()).toBe("in b");
    expect(bench.called()).toEqual([]);
  });

  test("is asked again in a fork, and what follows from it; what the step itself gave is kept", async () => {
    await using bench = new Workbench(kept);
    await bench.run(plugged(bench, sends), "in");
    expect(bench.called()).toEqual(["a", "sends", "b", "sends"]);
    await bench.resume(plugged(bench, sendsToo), "fork");
    expect(bench.called()).toEqual(["sends too", "b", "sends too"]);
    await bench.resume(plugged(bench, mends), "fork");
    expect(bench.called()).toEqual(["mends"]);
  });

  test("is asked again in a fork: another prompt has the model asked, another end of the answer does not", async () => {
    await using bench = new Workbench(kept);
    await bench.run(speaks(bench, { prompt: "?", ending: "." }), "in");
    expect(bench.called()).toEqual(["model", "out"]);
    await bench.resume(speaks(bench, { prompt: "?", ending: ";" }), "fork");
    expect(bench.called()).toEqual(["out"]);
    await bench.resume(speaks(bench, { prompt: "!", ending: "." }), "fork");
    expect(bench.called().slice(0, 1)).toEqual(["model"]);
  });
});
