import { z } from "zod";
import type { Proposing } from "../../../src/index.ts";
import { agent, context, pipeline, search, step } from "../../../src/index.ts";
import { scriptedModel } from "../../../src/testing/scripted-model.ts";
import type { Shape } from "./shapes.ts";

// Searches: what is proposed, refused, evaluated and found. And what is looked back for.

const text = z.string();
const inMs = (ms: number) => new Promise<void>((resolve) => void setTimeout(resolve, ms));
const letters = step("letters", ({ state }: Proposing<string>) => ["a", "b", "c"].map((letter) => state + letter));

export const SEARCHING_SHAPES = {
  "a search that finds its goal": (): Shape => {
    const rate = step("rate", async (word: string) => {
      await inMs(word.endsWith("a") ? 9 : 1); // the first is the slowest: who ends first makes no difference
      return word.endsWith("b") ? 0 : 1;
    });
    const finds = search({
      name: "find",
      propose: letters,
      evaluate: rate,
      invariants: { "no c first": (word) => word[0] !== "c" || `${word} begins with c` },
      isGoal: (word) => word === "ba",
      maxExpansions: 9,
    });
    return { program: pipeline({ name: "p", input: text }).step(finds), input: "" };
  },
  "a search whose proposals are an agent's and that finds nothing in time": (): Shape => {
    const Seen = context(z.object({ seen: z.array(text).default([]) }), { seen: "append" });
    const model = scriptedModel([{ json: { states: ["x", "y"] } }, { json: { states: ["xx"] } }]);
    const asks = agent({ name: "asks", model, instructions: "Go on from there.", output: z.object({ states: z.array(text) }) });
    const propose = pipeline()
      .step(asks)
      .step("states", ({ states }) => states);
    const rate = step({
      name: "rate",
      context: Seen,
      run: (word: string, { contribute }) => {
        contribute("seen", word);
        return word.length;
      },
    });
    const finds = search({ name: "find", propose, evaluate: rate, isGoal: () => false, maxExpansions: 2 });
    return { program: pipeline({ name: "p", input: text, context: Seen }).step(finds), input: "" };
  },
  "a search by what it costs": (): Shape => {
    const costs = (word: string): number => (word === "a" ? 9 : 1);
    const isGoal = (word: string): boolean => word === "a" || word === "bb";
    const finds = search({ name: "find", propose: letters, isGoal, cost: costs, beam: 2, branching: 2, maxExpansions: 9 });
    return { program: pipeline({ name: "p", input: text }).step(finds), input: "" };
  },
  "a search without a proposal": (): Shape => {
    const finds = search({
      name: "find",
      propose: letters,
      isGoal: () => false,
      invariants: { short: () => "too long" },
      maxExpansions: 9,
    });
    return { program: pipeline({ name: "p", input: text }).step(finds), input: "" };
  },
  "what earlier members gave": (): Shape => {
    const first = step("first", (value: string) => `${value}!`);
    const second = step("second", (value: string) => value.length);
    return {
      program: pipeline({ name: "p", input: text }).step(first).step(second).gather({ text: first, length: second, again: "second" }),
    };
  },
} satisfies Readonly<Record<string, () => Shape>>;
