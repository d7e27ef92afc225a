import { expect, test } from "vitest";
import { z } from "zod";
import type { ToUndo } from "../../src/index.ts";
import { agent, context, pipeline, plugin, saga, step, withPolicy } from "../../src/index.ts";
import { ManualClock, scriptedModel } from "../../src/testing/index.ts";
import { comparable } from "./support/comparable.ts";
import { Lab, RUN } from "./support/lab.ts";

const Notes = context(z.object({ log: z.array(z.string()).default([]) }), { log: "append" });

/** An agent with processors, of which plugins redirect twice and replace once, in a second attempt, with something to undo; then a failure. */
function letter(done: string[]) {
  const model = scriptedModel(({ lastUserText }) => `of ${lastUserText}`);
  const draft = agent({
    name: "draft",
    model,
    instructions: "Write.",
    promptProcessors: [({ instructions, prompt }) => ({ instructions, prompt: `${prompt}, please` })],
    outputProcessors: [(text) => `draft ${text}`],
  });
  const writes = (name: string) =>
    step({
      name,
      context: Notes,
      run: (input: unknown, { contribute, idempotencyKey, feedback }) => {
        done.push(idempotencyKey);
        contribute("log", name);
        return `${name} of ${String(input)} after ${feedback?.code}`;
      },
    });
  const undo = (name: string) =>
    step(name, ({ output }: ToUndo, { idempotencyKey }): void => {
      done.push(`${idempotencyKey}: ${String(output)}`);
    });
  const tone = plugin("tone", (text: string, { redirected }) => {
    if (text.startsWith("draft")) return { redirect: "senior", feedback: "Not that." };
    return redirected.length < 2 ? { redirect: "expert" } : { solution: `${text}.`, score: redirected.length };
  });
  const program = pipeline({ name: "letter", context: Notes })
    .step(draft, {
      plugins: [tone, { name: "second", run: (_, { attempt }) => attempt > 1 }],
      redirects: {
        senior: withPolicy(writes("senior"), { compensate: undo("undo senior") }),
        expert: pipeline({ name: "e", context: Notes }).step(writes("one")).step(writes("two")),
      },
      retry: { retries: 1, firstDelayMs: 0 },
      compensate: undo("undo draft"),
    })
    .step("last", (text): string => {
      throw new Error(`cannot send ${text}`);
    });
  return pipeline({ name: "p", input: z.string(), context: Notes }).step(saga(program));
}

test("plugins, redirects and processors that are cut off at any commit end as those that nothing happened to, and each thing is done under the same key", {
  timeout: 60_000,
}, async () => {
  const clock = new ManualClock();
  const undisturbed = new Lab();
  const expected: string[] = [];
  const whole = await clock.until(undisturbed.flujo({ clock }).run(letter(expected), "in", RUN));
  expect(whole).toMatchObject({
    status: "failed",
    failure: { message: "p/letter/run/last: cannot send two of one of in after validation_failed after validation_failed." },
    usage: { modelCalls: 2 },
  });
  expect(expected).toMatchInlineSnapshot(`
    [
      "run-1:p/letter/run/draft/redirect-senior",
      "run-1:p/letter/run/draft/redirect-expert/one",
      "run-1:p/letter/run/draft/redirect-expert/two",
      "run-1:p/letter/run/draft/redirect-senior",
      "run-1:p/letter/run/draft/redirect-expert/one",
      "run-1:p/letter/run/draft/redirect-expert/two",
      "run-1:p/letter/run/draft/redirect-senior/compensate: senior of in after redirected",
      "run-1:p/letter/run/draft/compensate: draft of This has been tried before, without success: what it gave is not good enough. second: it says no. Take that into account.",
      "run-1:p/letter/run/draft/redirect-senior/compensate: senior of in after redirected",
      "run-1:p/letter/run/draft/compensate: draft of in, please",
    ]
  `);
  const journal = comparable(await undisturbed.journal());
  const commits = undisturbed.log.length;
  expect(commits).toBeGreaterThan(12);
  for (let last = 0; last < commits; last++) {
    const lab = new Lab();
    const done: string[] = [];
    const { flujo, crashed } = lab.doomed(last, { clock });
    const came = await clock.until(Promise.race([flujo.run(letter(done), "in", RUN), crashed]));
    if (came !== "crashed") continue;
    const resumed = await clock.until(lab.flujo({ clock }).resume(letter(done), RUN.runId));
    expect(resumed.status === "failed" ? resumed.failure : resumed, `cut at commit ${last}`).toEqual(
      whole.status === "failed" ? whole.failure : null,
    );
    expect(resumed.usage, `cut at commit ${last}`).toEqual(whole.usage);
    expect(comparable(await lab.journal()), `cut at commit ${last}`).toEqual(journal);
    expect(new Set(done), `cut at commit ${last}`).toEqual(new Set(expected));
  }
});
