import { expectTypeOf } from "vitest";
import { z } from "zod";
import type { InputOf, NeedsOf, OutputOf } from "./index.ts";
import { agent, pipeline, step } from "./index.ts";

// Checked by the compiler; nothing here runs.

const Order = z.object({ text: z.string(), topics: z.array(z.enum(["billing", "shipping"])) });
const billing = step("billing", ({ text }: { text: string }) => text.length);
const shipping = step("shipping", ({ text }: { text: string }) => text);

const byList = pipeline({ input: Order }).route(({ topics }) => topics, { billing, shipping });
expectTypeOf<OutputOf<typeof byList>>().toEqualTypeOf<{ readonly billing?: number; readonly shipping?: string }>();

const byName = pipeline({ input: Order }).route(({ text }) => (text === "" ? "billing" : "shipping"), { billing, shipping });
expectTypeOf<OutputOf<typeof byName>>().toEqualTypeOf<{ readonly billing?: number; readonly shipping?: string }>();

const byObject = pipeline({ input: Order }).route(async ({ topics }) => ({ routes: topics }), { billing, shipping });
expectTypeOf<OutputOf<typeof byObject>>().toEqualTypeOf<{ readonly billing?: number; readonly shipping?: string }>();

const byAnyText = pipeline({ input: Order }).route(({ text }) => text.split(" "), { billing, shipping });
expectTypeOf<OutputOf<typeof byAnyText>>().toEqualTypeOf<{ readonly billing?: number; readonly shipping?: string }>();

// A router that is a program: its names are known by what it gives.
const router = agent({
  name: "router",
  model: "offline:extract",
  instructions: "Say who is to look at it.",
  output: z.object({ routes: z.array(z.enum(["billing", "shipping"])) }),
});
const byAgent = pipeline({ input: Order }).route(router, { billing, shipping }, { concurrency: 2, onFailure: "ignore" });
expectTypeOf<OutputOf<typeof byAgent>>().toEqualTypeOf<{ readonly billing?: number; readonly shipping?: string }>();
expectTypeOf<NeedsOf<typeof byAgent>>().toEqualTypeOf<unknown>();

// Without an input the first member says it.
const open = pipeline().route(router, { billing, shipping });
expectTypeOf<InputOf<typeof open>>().toEqualTypeOf<{ text: string }>();
const byParameter = pipeline().route((value: { text: string; urgent: boolean }) => (value.urgent ? "billing" : []), { billing });
expectTypeOf<InputOf<typeof byParameter>>().toEqualTypeOf<{ text: string; urgent: boolean }>();
