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
      if (property !== "doGenerate") return value.bind(target);
      return (options: LanguageModelV4CallOptions): unknown => {
        appendLine(
          file,
          createHash("sha256")
            .update(JSON.stringify([options.prompt, options.tools]))
            .digest("hex"),
        );
        return Reflect.apply(value, target, [options]);
      };
    },
  });
}
