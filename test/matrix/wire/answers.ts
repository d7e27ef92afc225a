import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The providers whose protocols are played back. */
export const PROVIDERS = ["openai", "anthropic", "google", "openai-compatible"] as const;
export type Provider = (typeof PROVIDERS)[number];

/** What is asked of each of them. */
export const SCENARIOS = ["text", "structured", "tools", "parallel", "reasoning", "stream"] as const;
export type Scenario = (typeof SCENARIOS)[number];

/** How many times the model speaks in each scenario. */
export const TURNS: Readonly<Record<Scenario, number>> = { text: 1, structured: 1, tools: 2, parallel: 2, reasoning: 2, stream: 1 };

/** What the model says in one turn, whatever its protocol. */
export interface Said {
  readonly text: string;
  readonly reasoning: string;
  readonly calls: readonly { readonly name: string; readonly args: unknown }[];
}

/** The tokens the provider reports for one turn. */
export interface UsedTokens {
  readonly inputTokens: number;
  readonly cachedInputTokens: number;
  readonly cacheWriteTokens: number;
  readonly outputTokens: number;
  readonly reasoningTokens: number;
}

const FOLDER = new URL("../answers/", import.meta.url);

function textOf(path: string): string {
  return readFileSync(fileURLToPath(new URL(path, FOLDER)), "utf8");
}

const SAID = JSON.parse(textOf("said.json")) as Readonly<Record<Scenario, readonly Said[]>>;
const USED = Object.fromEntries(
  PROVIDERS.map((provider) => [
    provider,
    JSON.parse(textOf(`${provider}/usage.json`)) as Readonly<Record<Scenario, readonly UsedTokens[]>>,
  ]),
) as Readonly<Record<Provider, Readonly<Record<Scenario, readonly UsedTokens[]>>>>;

/** One turn of a scenario; turns count from 1. */
export interface TurnOf {
  readonly scenario: Scenario;
  readonly turn: number;
}

/** What is said in a turn. */
export function saidIn({ scenario, turn }: TurnOf): Said {
  const said = SAID[scenario][turn - 1];
  if (said === undefined) throw new RangeError(`${scenario} has no turn ${turn}.`);
  return said;
}

/** The tokens that the provider reports for a turn. */
export function usedIn(provider: Provider, { scenario, turn }: TurnOf): UsedTokens {
  const used = USED[provider][scenario][turn - 1];
  if (used === undefined) throw new RangeError(`${provider} reports nothing for turn ${turn} of ${scenario}.`);
  return used;
}

/** The answer as the bytes of a stream, event by event; the event's end is part of it. */
export function eventsOf(provider: Provider, { scenario, turn }: TurnOf): readonly string[] {
  return textOf(`${provider}/${scenario}/${turn}.sse`).match(/[^]*?(?:\r\n\r\n|\n\n)/g) ?? [];
}

/** The same answer in one piece, as it comes where no stream was asked for. */
export function bodyOf(provider: Provider, { scenario, turn }: TurnOf): string {
  return textOf(`${provider}/${scenario}/${turn}.json`);
}

/** What the first request of a scenario must hold, beside what else the provider's package puts there. */
export function askedIn(provider: Provider, scenario: Scenario): object {
  return JSON.parse(textOf(`${provider}/${scenario}/1.asked.json`)) as object;
}

/** What the second request of a scenario must hold after the first user message: the model's own words, unchanged, and the tools' answers. */
export function sentBackIn(provider: Provider, scenario: Scenario): unknown {
  return JSON.parse(textOf(`${provider}/${scenario}/2.sent.json`));
}

/** How the provider refuses a call for its rate limit. */
export function refusalOf(provider: Provider): string {
  return textOf(`${provider}/429.json`);
}

/** What a provider sends in the middle of a stream when it fails. */
export function errorEventOf(provider: Provider): string {
  return textOf(`${provider}/error-event.sse`);
}

/** What a gateway says that has lost the provider. */
export const NO_JSON = textOf("no-json.html");
