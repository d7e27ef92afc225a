import { parseArgs } from "node:util";
import { FlujoError } from "../../src/base/errors.ts";
import { didYouMean } from "../../src/base/near-names.ts";

/** What `npm run demo` was asked to do. */
export interface DemoOptions {
  /** A ticket of one's own: a text, or `@file`. Null: the dozen tickets. */
  readonly input: string | null;
  readonly model: string | null;
  readonly isCrash: boolean;
  readonly isJson: boolean;
  readonly isHelp: boolean;
}

export const HELP = `npm run demo                              a dozen support tickets; no key, no network
npm run demo -- --input "own text"        one ticket of your own
npm run demo -- --input @file             the same, from a file
npm run demo -- --model openai:gpt-5-mini another model, as provider:model
npm run demo -- --crash                   kill it in the middle, resume, compare
npm run demo -- --json                    the result as JSON; progress goes to stderr
`;

const TEXTS = ["input", "model"] as const;
const SWITCHES = ["crash", "json", "help"] as const;
const KNOWN = [...TEXTS, ...SWITCHES];

/** @throws {FlujoError} `usage_invalid` */
export function readOptions(args: readonly string[]): DemoOptions {
  const texts = Object.fromEntries(TEXTS.map((name) => [name, { type: "string" as const }]));
  const switches = Object.fromEntries(SWITCHES.map((name) => [name, { type: "boolean" as const }]));
  const { values, tokens } = parseArgs({ args: [...args], options: { ...texts, ...switches }, strict: false, tokens: true });
  for (const token of tokens) {
    if (token.kind === "positional")
      throw misuse(`"${token.value}" is no option.`, 'A ticket of your own is given as --input "your text".');
    if (token.kind === "option") checkOption(token.name, token.value);
  }
  const isCrash = values["crash"] === true;
  if (isCrash && values["input"] !== undefined) throw misuse("--crash runs the dozen tickets.", "Leave --input out.");
  return {
    input: textOf(values["input"]),
    model: textOf(values["model"]),
    isCrash,
    isJson: values["json"] === true,
    isHelp: values["help"] === true,
  };
}

function checkOption(name: string, value: string | undefined): void {
  if (!KNOWN.some((known) => known === name))
    throw misuse(`There is no option --${name}.${didYouMean(name, KNOWN)}`, "`npm run demo -- --help` shows what there is.");
  const takesText = TEXTS.some((text) => text === name);
  if (takesText && value === undefined) throw misuse(`--${name} needs a value.`, "`npm run demo -- --help` shows how it is written.");
  if (!takesText && value !== undefined) throw misuse(`--${name} takes no value.`, "`npm run demo -- --help` shows how it is written.");
}

function textOf(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

function misuse(summary: string, remedy: string): FlujoError {
  return new FlujoError("usage_invalid", summary, { remedy });
}
