import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { research } from "../../examples/research/research.ts";
import { faults, resumeForTest, runForTest, type ScriptedTurn, scriptedModel } from "../../src/testing/index.ts";

// An agent that asks before it spends money, and a report that a person reads before it is published.

const QUESTION = "What happens to libraries that open on Sundays?";
const APPROVE = { decision: "approve" };
const LOSS = { source: "P-71", quote: "After a loss of Sunday hours, one half of the Sunday visitors did not come on another day." };

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "flujo-research-"));
  writeFileSync(join(folder, "sent"), "");
  vi.stubEnv("RESEARCH_LOG", join(folder, "sent"));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

/** What has left the house: bought, published. */
const sent = (): readonly string[] =>
  readFileSync(join(folder, "sent"), "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => (JSON.parse(line) as { readonly what: string }).what);

const call = (tool: string, input: unknown): ScriptedTurn => ({ calls: [{ tool, input }] });
const found = (...findings: readonly unknown[]): ScriptedTurn => ({ json: { findings } });
const written = (says: string, ...findings: readonly number[]): ScriptedTurn => ({ json: { sentences: [{ says, findings }] } });

function run(script: readonly ScriptedTurn[], answers: Readonly<Record<string, unknown>>) {
  const model = scriptedModel(script);
  const prompt = (at: number) => JSON.stringify(model.calls[at]?.options.prompt);
  return { model, prompt, ran: runForTest(research, QUESTION, { model: "test:m", models: { "test:m": model }, answers }) };
}

test("with the offline model it searches, reads, asks before it buys, and publishes what a person agreed to", async () => {
  const { result } = await runForTest(research, QUESTION, { answers: { buy: APPROVE, publish: { ok: true } } });
  const { published, report, sources } = result.unwrap();
  expect({ published, sources }).toEqual({ published: true, sources: ["R-12", "P-71"] });
  expect(report.join("\n")).toContain("one half of the Sunday visitors did not come on another day [P-71].");
  expect(report.every((line) => / \[[RP]-\d\d\]\.$/.test(line))).toBe(true);
  expect(sent()).toEqual(["bought P-71 for 45 euros", `published ${report.length} sentences`]);
});

test("what nobody agreed to is not bought, the model is told why, and the report does without it", async () => {
  const { result } = await runForTest(research, QUESTION, {
    answers: { buy: { decision: "reject", note: "too dear" }, publish: { ok: true } },
  });
  expect(result.unwrap().sources).toEqual(["R-12"]);
  expect(sent()).toEqual(["published 2 sentences"]);
});

test("what the library says nothing on is said to be so: nobody is asked, and nothing published", async () => {
  const { result } = await runForTest(research, "Why do pelicans juggle?");
  expect(result.unwrap()).toEqual({ published: false, drafts: 0, report: ["The library says nothing on it."], sources: [] });
  expect(sent()).toEqual([]);
});

test("while somebody is asked nothing is bought, and nothing published", async () => {
  const { result } = await runForTest(research, QUESTION);
  expect(result.status === "paused" && result.pauses.map(({ name, show }) => [name, show])).toMatchObject([
    ["buy", { tool: "buy", input: { source: "P-71", euros: 45 } }],
  ]);
  const { result: bought } = await runForTest(research, QUESTION, { answers: { buy: APPROVE } });
  expect(bought.status === "paused" && bought.pauses.map(({ name }) => name)).toEqual(["publish"]);
  expect(sent()).toEqual(["bought P-71 for 45 euros"]);
});

describe("what the model says", () => {
  test("of a source is searched for in it, and a quote that is not there is refused in the same conversation: nothing is bought twice", async () => {
    const { ran, prompt, model } = run(
      [
        call("buy", { source: "P-71", euros: 45 }),
        found({ source: "P-71", quote: "All visitors stayed away." }),
        found(LOSS),
        written("Half of them stay away", 1),
      ],
      { buy: APPROVE, publish: { ok: true } },
    );
    expect((await ran).result.unwrap().report).toEqual(["Half of them stay away [P-71]."]);
    expect(prompt(2)).toContain("is not what the source says, word for word");
    expect(sent()).toEqual(["bought P-71 for 45 euros", "published 1 sentences"]);
    model.assertComplete();
  });

  test("of a price is not believed: the shop says what it costs, and no money is spent", async () => {
    const { ran, prompt } = run(
      [
        call("buy", { source: "P-71", euros: 1 }),
        call("read", { source: "R-99" }),
        call("read", { source: "R-14" }),
        found({ source: "R-14", quote: "Whoever reads there may pick." }),
        written("There is fruit", 1),
      ],
      { buy: APPROVE, publish: { ok: true } },
    );
    expect((await ran).result.unwrap().report).toEqual(["There is fruit [R-14]."]);
    expect(prompt(1)).toContain("P-71 costs 45 euros.");
    expect(prompt(2)).toContain("There is no source R-99.");
    expect(sent()).toEqual(["published 1 sentences"]);
  });

  test("in a report without naming a finding that there is, is refused before a person sees it", async () => {
    const quote = { source: "R-14", quote: "Whoever reads there may pick." };
    const { ran, prompt } = run([found(quote), written("There is fruit", 2), written("There is fruit", 1)], { publish: { ok: true } });
    expect((await ran).result.unwrap()).toMatchObject({ report: ["There is fruit [R-14]."], drafts: 1 });
    expect(prompt(2)).toContain("must name findings, by numbers from 1 to 1");
  });
});

test("a remark goes back to whoever writes, and after three drafts that nobody liked nothing is published", async () => {
  const quote = { source: "R-14", quote: "Whoever reads there may pick." };
  const drafts = ["One", "Two", "Three"].map((says) => written(says, 1));
  const { ran, prompt, model } = run([found(quote), ...drafts], { publish: { ok: false, remark: "Begin with the pears." } });
  expect((await ran).result.unwrap()).toMatchObject({ published: false, drafts: 3, report: ["Three [R-14]."] });
  expect(prompt(1)).not.toContain("pears");
  expect(prompt(2)).toContain("Begin with the pears.");
  expect(sent()).toEqual([]);
  model.assertComplete();
});

test("a process that dies at any of its operations leaves a run that buys once and publishes once", async () => {
  const answers = { buy: APPROVE, publish: { ok: true } };
  const { result, entries } = await runForTest(research, QUESTION, { answers });
  const keys = entries.flatMap((entry) =>
    entry.type === "operation-finished" && ["model", "step", "tool"].includes(entry.op) ? [entry.key] : [],
  );
  expect(keys).toHaveLength(10);
  for (const at of keys) {
    for (const when of ["before", "after"] as const) {
      writeFileSync(join(folder, "sent"), "");
      const crashed = await runForTest(research, QUESTION, { answers, faults: faults([{ at, do: "crash", when }]) });
      expect(crashed.result.status, `${at} ${when}`).toBe("stopped");
      const { result: resumed } = await resumeForTest(research, crashed.result.runId, { state: crashed.state, answers });
      expect(resumed.unwrap(), `${at} ${when}`).toEqual(result.unwrap());
      expect(sent(), `${at} ${when}`).toEqual(["bought P-71 for 45 euros", "published 5 sentences"]);
    }
  }
});
