import { expectTypeOf } from "vitest";
import type { InputOf, OutputOf } from "./index.ts";
import { machine, step } from "./index.ts";

// Checked by the compiler; nothing here runs.

const draft = step("draft", (topic: string | { again: string }) => ({ text: typeof topic === "string" ? topic : topic.again }));
const review = step("review", ({ text }: { text: string }) => ({ ok: text !== "", again: text }));
const rescue = step("rescue", (given: string | { again: string }) => ({ text: typeof given === "string" ? given : given.again }));
const publish = step("publish", ({ again }: { again: string }) => again.length);

const article = machine({
  name: "article",
  initial: "draft",
  states: { draft, review, rescue, publish },
  on: [
    { from: "draft", to: "review" },
    { from: "draft", when: "failure", if: (failure) => failure.retryable, to: "rescue" },
    { from: "rescue", to: "review" },
    {
      from: "review",
      if: (verdict, { hops }) => {
        expectTypeOf(verdict).toEqualTypeOf<{ ok: boolean; again: string }>();
        expectTypeOf(hops).toEqualTypeOf<number>();
        return verdict.ok;
      },
      to: "publish",
    },
    { from: "review", if: (_, { hops }) => hops > 6, to: "given-up" },
    { from: "review", to: "draft" },
    { from: ["rescue", "review"], when: ["timeout", "step_failed"], to: "lost" },
  ],
  ends: ["publish", "given-up", "lost"],
  maxHops: 10,
});
expectTypeOf<InputOf<typeof article>>().toEqualTypeOf<string | { again: string }>();
expectTypeOf<OutputOf<typeof article>>().toEqualTypeOf<
  | { readonly state: "publish"; readonly output: number; readonly hops: number }
  | { readonly state: "given-up"; readonly output: { ok: boolean; again: string }; readonly hops: number }
  | {
      readonly state: "lost";
      readonly output: { text: string } | string | { again: string } | { ok: boolean; again: string };
      readonly hops: number;
    }
>();
