import { z } from "zod";
import { agent, background, cached, context, pipeline, step } from "../../../src/index.ts";
import { scriptedModel } from "../../../src/testing/scripted-model.ts";
import type { Shape } from "./shapes.ts";

// Programs whose outcomes are kept, or that go on in runs of their own.

const text = z.string();
const line = (name: string) => pipeline({ name, input: text });

export const KEEPING_SHAPES = {
  "a cache that is asked the same again": (): Shape => {
    const Seen = context(z.object({ seen: z.array(text).default([]) }), { seen: "append" });
    const look = step({
      name: "look",
      context: Seen,
      run: (value: string, { contribute }) => {
        contribute("seen", value);
        return value.length;
      },
    });
    const kept = pipeline().step(cached(look, { reads: [] }));
    const program = pipeline({ name: "p", input: text, context: Seen })
      .step("apart", (value) => [value, "other", value])
      .map(kept, { concurrency: 1 });
    return { program };
  },
  "a cache of a model that several ask at once": (): Shape => {
    const ask = agent({ name: "ask", model: scriptedModel(() => "said"), instructions: "Say it." });
    const kept = cached(ask, { ttl: "1 hour", key: (value) => String(value).toLowerCase() });
    return {
      program: line("p")
        .step("apart", (value) => [value, value.toUpperCase()])
        .map(kept),
    };
  },
  "a run in the background": (): Shape => {
    const mail = pipeline({ name: "mail", input: text }).step(step("send", (to: string) => `sent to ${to}`));
    return {
      program: line("p")
        .step("apart", (value) => [value, `${value}!`])
        .map(background(mail)),
    };
  },
  "a cache of what fails": (): Shape => {
    const no = step("no", (value: string): string => {
      throw new RangeError(`not ${value}`);
    });
    return {
      program: line("p")
        .step("apart", (value) => [value, value])
        .map(cached(no), { onFailure: "collect", concurrency: 1 }),
    };
  },
};
