import { isPlainObject } from "../base/json.ts";
import type { ModelSettings } from "../model/model-settings.ts";
import { invalid, shown } from "./invalid.ts";

type Rule = { readonly fits: (value: unknown) => boolean; readonly remedy: string };

const isNumber = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);
const EFFORTS = ["none", "minimal", "low", "medium", "high", "xhigh"];

const RULES: { readonly [K in keyof Required<ModelSettings>]: Rule } = {
  temperature: { fits: (value) => isNumber(value) && value >= 0, remedy: "Give a number of at least 0." },
  topP: { fits: (value) => isNumber(value) && value >= 0 && value <= 1, remedy: "Give a number from 0 to 1." },
  topK: { fits: (value) => Number.isSafeInteger(value) && (value as number) >= 1, remedy: "Give a whole number of at least 1." },
  maxOutputTokens: { fits: (value) => Number.isSafeInteger(value) && (value as number) >= 1, remedy: "Give a whole number of at least 1." },
  reasoning: { fits: (value) => EFFORTS.includes(value as string), remedy: `Choose ${EFFORTS.join(", ")}.` },
  stopSequences: {
    fits: (value) => Array.isArray(value) && value.every((text) => typeof text === "string" && text !== ""),
    remedy: "Give a list of texts.",
  },
  seed: { fits: (value) => Number.isSafeInteger(value), remedy: "Give a whole number." },
  presencePenalty: { fits: isNumber, remedy: "Give a number." },
  frequencyPenalty: { fits: isNumber, remedy: "Give a number." },
  providerOptions: {
    fits: (value) => isPlainObject(value) && Object.values(value).every(isPlainObject),
    remedy: "Give an object of options by the provider's name: { anthropic: { … } }.",
  },
  headers: {
    fits: (value) => isPlainObject(value) && Object.entries(value).every(isHeader),
    remedy: "Give texts by header name. Each is one line.",
  },
  stream: { fits: (value) => typeof value === "boolean", remedy: "Give true or false." },
};

/** What HTTP takes: a value with a line break would fail at the call, and might add headers of its own elsewhere. */
function isHeader([name, value]: readonly [string, unknown]): boolean {
  return /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name) && typeof value === "string" && !/[\0\r\n]/.test(value);
}

/** A frozen copy of what an agent's model is called with; what is undefined is left out. */
export function checkedSettings(path: string, settings: unknown): ModelSettings {
  if (!isPlainObject(settings)) throw invalid(path, `settings is ${shown(settings)}`, "Give { temperature, maxOutputTokens, … }.");
  const checked: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(settings)) {
    if (value === undefined) continue;
    if (!Object.hasOwn(RULES, name))
      throw invalid(
        path,
        `there is no setting "${name}"`,
        `Those there are: ${Object.keys(RULES).join(", ")}. What one provider alone knows goes into providerOptions.`,
      );
    const rule = RULES[name as keyof ModelSettings];
    if (!rule.fits(value)) throw invalid(path, `settings.${name} is ${shown(value)}`, rule.remedy);
    checked[name] = value;
  }
  try {
    return Object.freeze(JSON.parse(JSON.stringify(checked)) as ModelSettings);
  } catch (cause) {
    throw Object.assign(invalid(path, "its settings are not JSON", "Give plain data."), { cause });
  }
}
