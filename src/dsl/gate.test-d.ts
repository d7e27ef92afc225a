import { expectTypeOf } from "vitest";
import { z } from "zod";
import type { InputOf, OutputOf } from "./index.ts";
import { agent, gate, pipeline, step } from "./index.ts";

// Checked by the compiler; nothing here runs. A gate takes what all of its judges take, and gives it.

const short = step("short", ({ text }: { readonly text: string }) => text.length < 9);
const cheap = step("cheap", ({ cents }: { readonly cents: number }) => ({ ok: cents < 100, feedback: "It costs too much." }));
const scored = step("scored", (_value: { readonly text: string }) => 0.9);
const critic = agent({ name: "c", model: "offline:extract", instructions: "Judge.", output: z.object({ ok: z.boolean() }) });

const both = gate({ name: "both", judges: { short, cheap, critic } });
expectTypeOf(both.name).toEqualTypeOf<"both">();
expectTypeOf<InputOf<typeof both>>().toExtend<{ readonly text: string; readonly cents: number }>();
expectTypeOf<OutputOf<typeof both>>().toEqualTypeOf<InputOf<typeof both>>();
gate({ name: "scores", judges: { scored, short }, minScore: 0.8, needs: "majority", onFailure: "ignore", merge: "overwrite" });

const tapped = pipeline({ input: z.object({ text: z.string(), cents: z.number(), id: z.string() }) }).tap(both);
expectTypeOf<OutputOf<typeof tapped>>().toEqualTypeOf<{ text: string; cents: number; id: string }>();

// @ts-expect-error a score is a vote only where there is a minScore
gate({ name: "g", judges: { scored } });
// @ts-expect-error text is no vote
gate({ name: "g", judges: { shout: step("shout", (text: string) => text.toUpperCase()) } });
