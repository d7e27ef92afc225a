import { expectTypeOf } from "vitest";
import { z } from "zod";
import type { NeedsOf, OutputOf, Plugin } from "./index.ts";
import { agent, context, pipeline, plugin, step, withPolicy } from "./index.ts";

// Checked by the compiler; nothing here runs. Plugins and processors: nothing of it needs an annotation where it stands in place.

const Desk = context(z.object({ who: z.string(), log: z.array(z.string()) }), { log: "append" });
const draft = step("draft", (topic: { readonly topic: string }) => `on ${topic.topic}`);
const senior = step("senior", (topic: { readonly topic: string }) => `well on ${topic.topic}`);
const counts = step("counts", (topic: { readonly topic: string }) => topic.topic.length);
const ofText = step("ofText", (text: string) => text);
const desk = step({
  name: "desk",
  context: Desk,
  run: (topic: { readonly topic: string }, { context: { who } }) => `${who} ${topic.topic}`,
});

// In place, all is known: the output, the input, the names.

const plugged = withPolicy(draft, {
  plugins: [
    (text, about) => {
      expectTypeOf(text).toEqualTypeOf<string>();
      expectTypeOf(about.input).toEqualTypeOf<{ readonly topic: string }>();
      expectTypeOf(about.attempt).toEqualTypeOf<number>();
      expectTypeOf(about.redirected).toEqualTypeOf<readonly string[]>();
      return text === "" ? { redirect: "senior", feedback: "Say something." } : { solution: text.trim() };
    },
    { name: "later", run: async (text) => Promise.resolve(text.length > 1) },
    { name: "nothing", run: () => undefined },
    { name: "looks", run: () => {} },
  ],
  redirects: { senior },
});
expectTypeOf<OutputOf<typeof plugged>>().toEqualTypeOf<string>();
expectTypeOf<NeedsOf<typeof plugged>>().toEqualTypeOf<unknown>();
withPolicy(draft, { plugins: [() => ({ redirect: "senior" })], redirects: { senior } });
pipeline()
  .step(draft, { plugins: [(text) => (text === "" ? { redirect: "senior" } : true)], redirects: { senior } })
  .step(ofText, { plugins: [(text) => ({ solution: text, score: 1 })] });

// What a redirect needs of the context, the whole needs.

const needing = withPolicy(draft, { plugins: [() => ({ redirect: "desk" })], redirects: { desk } });
expectTypeOf<NeedsOf<typeof needing>>().toEqualTypeOf<NeedsOf<typeof desk>>();

// A plugin of its own says what it looks at, what it gives and where it redirects.

const tone = plugin("tone", (text: string) => (text === "" ? { redirect: "senior" } : { solution: 1 }));
expectTypeOf(tone).toEqualTypeOf<Plugin<string, unknown, unknown, number, "senior">>();
const any = plugin("any", (value: unknown) => value !== null);
withPolicy(draft, { plugins: [any] });
withPolicy(counts, { plugins: [any] });

// @ts-expect-error what is wrong does not say whether it will do
withPolicy(draft, { plugins: [() => ({ feedback: "no" })] });
// @ts-expect-error a plugin has no minScore by which a score could decide
withPolicy(draft, { plugins: [() => ({ score: 0.1, feedback: "no" })] });
withPolicy(draft, { plugins: [() => ({ score: 0.1 }), () => ({ ok: true, score: 0.1, feedback: "no" })] });
// @ts-expect-error it gives a number in place of a text
withPolicy(draft, { plugins: [tone], redirects: { senior } });
// @ts-expect-error it looks at texts
withPolicy(counts, { plugins: [plugin("t", (text: string) => text !== "")] });
// @ts-expect-error there is no such redirect
withPolicy(draft, { plugins: [() => ({ redirect: "boss" })], redirects: { senior } });
// @ts-expect-error there are no redirects
withPolicy(draft, { plugins: [() => ({ redirect: "senior" })] });
// @ts-expect-error a solution of another type
withPolicy(draft, { plugins: [() => ({ solution: 1 })] });
// @ts-expect-error one thing at a time
withPolicy(draft, { plugins: [(text) => ({ solution: text, redirect: "senior" })], redirects: { senior } });
// @ts-expect-error a number is no answer
withPolicy(draft, { plugins: [() => 1] });
// @ts-expect-error it gives a number
withPolicy(draft, { plugins: [() => ({ redirect: "counts" })], redirects: { counts } });
// @ts-expect-error it takes a text
withPolicy(draft, { plugins: [() => ({ redirect: "ofText" })], redirects: { ofText } });

// Processors keep the types of their agent.

agent({
  name: "ag",
  model: "offline:extract",
  instructions: "",
  context: Desk,
  input: z.object({ n: z.coerce.number() }),
  output: z.object({ at: z.string().transform((text) => new Date(text)) }),
  promptProcessors: [
    (parts, { input, context: { who } }) => {
      expectTypeOf(parts).toEqualTypeOf<{ readonly instructions: string; readonly prompt: string }>();
      expectTypeOf(input).toEqualTypeOf<{ n: number }>();
      expectTypeOf(who).toEqualTypeOf<string>();
      return { ...parts, prompt: "" };
    },
  ],
  outputProcessors: [
    (output) => {
      expectTypeOf(output).toEqualTypeOf<{ at: Date }>();
      return output;
    },
  ],
});
const text = agent({
  name: "t",
  model: "offline:extract",
  instructions: "",
  outputProcessors: [(said) => said.trim(), async (said) => said],
});
expectTypeOf<OutputOf<typeof text>>().toEqualTypeOf<string>();
// @ts-expect-error it gives text
agent({ name: "t", model: "offline:extract", instructions: "", outputProcessors: [(said: string) => said.length] });
// @ts-expect-error the prompt is missing
agent({ name: "t", model: "offline:extract", instructions: "", promptProcessors: [({ instructions }) => ({ instructions })] });
