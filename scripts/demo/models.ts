import { createModelResolver } from "../../src/agents/model-reference.ts";

/** The model of this demo, and why it is that one. */
export interface ChosenModel {
  readonly reference: string;
  readonly why: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** What a real model would be. */
export const REAL_MODEL = "openai:gpt-5-mini";

/** What needs no key. */
export const OFFLINE_MODEL = "offline:extract";

/** Makes sure before anything is run that the model is there. @throws {FlujoError} `model_unknown`, `api_key_missing`, `package_missing` */
export async function chooseModel(asked: string | null, env: Environment): Promise<ChosenModel> {
  const chosen = choose(asked, (env["OPENAI_API_KEY"] ?? "") !== "");
  await createModelResolver({ env, models: {} })(chosen.reference);
  return chosen;
}

function choose(asked: string | null, hasKey: boolean): ChosenModel {
  if (asked !== null) return { reference: asked, why: "as you asked" };
  if (hasKey) return { reference: REAL_MODEL, why: "because OPENAI_API_KEY is set" };
  return { reference: OFFLINE_MODEL, why: "rules, no language model; no key found" };
}
