import { defineKind, step } from "../../../src/dsl/index.ts";

const shout = step("shout", (text: string) => text.toUpperCase());

export const wrong = defineKind({ kind: "shouted", expand: ({ loud }: { loud: boolean }) => (loud ? shout : "nothing") });
