import { createHash } from "node:crypto";
import type { LanguageModelV4CallOptions } from "@ai-sdk/provider";
import { createModelResolver } from "../../../src/agents/model-reference.ts";
import { appendLine } from "./files.ts";

/** The model of that name, which also writes down each question before it is asked: the fingerprint of its prompt. */
export async function countedModel(reference: string, file: string): Promise<object> {
  const { model } = await createModelResolver({ env: process.env, models: {} })(reference);
  return new Proxy(model, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property, target);
      if (typeof value !== "function") return value;
      return (options: LanguageModelV4CallOptions): unknown => {
        if (property === "doGenerate" || property === "doStream") appendLine(file, fingerprintOf(options));
        return Reflect.apply(value, target, [options]);
      };
    },
  });
}

function fingerprintOf({ prompt, tools }: LanguageModelV4CallOptions): string {
  return createHash("sha256")
    .update(JSON.stringify([prompt, tools]))
    .digest("hex");
}
