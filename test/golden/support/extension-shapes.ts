import { z } from "zod";
import { agent, pipeline, plugin, step } from "../../../src/index.ts";
import { scriptedModel } from "../../../src/testing/scripted-model.ts";
import type { Shape } from "./shapes.ts";

// Programs that plugins look at, and agents with processors.

const text = z.string();
const line = (name: string) => pipeline({ name, input: text });
const says = (name: string) =>
  step(name, (value: string, { feedback }) => `${name} of ${value}${feedback === null ? "" : `, ${feedback.code}`}`);
const tone = plugin("tone", (given: string, { redirected, attempt }) => {
  if (given.startsWith("draft")) return attempt === 1 ? false : { redirect: "senior", feedback: "Not that." };
  return redirected.length === 1 ? { redirect: "expert" } : { solution: `${given}.`, score: 0.5 };
});

export const EXTENSION_SHAPES = {
  "plugins that refuse, redirect and replace": (): Shape => ({
    program: line("p").step(says("draft"), {
      plugins: [tone, { name: "short", run: (given) => given.length < 100 }],
      redirects: { senior: says("senior"), expert: line("x").step(says("expert")) },
      retry: { retries: 1, firstDelayMs: 0 },
    }),
  }),
  "a plugin that sends it round": (): Shape => ({
    program: line("p").step(says("draft"), { plugins: [() => ({ redirect: "b" as const })], redirects: { b: says("b") } }),
  }),
  "a plugin that knows another name": (): Shape => ({
    program: line("p").step(says("draft"), { plugins: [() => ({ redirect: "c" as "b" })], redirects: { b: says("b") } }),
  }),
  "an agent with processors": (): Shape => ({
    program: line("p").step(
      agent({
        name: "ag",
        model: scriptedModel(["short", "long enough"]),
        instructions: (input) => `Write of ${String(input)}.`,
        promptProcessors: [({ instructions, prompt }) => ({ instructions: `${instructions} Politely.`, prompt: `${prompt}, please` })],
        outputProcessors: [(given) => given.toUpperCase(), (given) => `${given}.`],
      }),
      { validate: (given) => given.length > 6, retry: { retries: 1, firstDelayMs: 0 } },
    ),
  }),
};
