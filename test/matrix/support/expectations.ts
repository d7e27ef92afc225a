import { expect } from "vitest";
import type { Cost, Entry, RunEvent, Usage } from "../../../src/index.ts";
import { type Provider, saidIn, sentBackIn, type Scenario, TURNS, usedIn } from "../wire/answers.ts";
import { conversationAfterInput } from "../wire/protocols.ts";
import type { WireRequest } from "../wire/wire-server.ts";
import type { Cell } from "./cells.ts";
import type { Traces } from "./run-cell.ts";

type Finished = Extract<Entry, { type: "operation-finished" }>;

/** What a scenario's agent gives in the end. */
function outputOf(scenario: Scenario): unknown {
  const { text } = saidIn({ scenario, turn: TURNS[scenario] });
  return scenario === "structured" ? JSON.parse(text) : text;
}

/** The orders a scenario looks up. */
export function lookUpsOf(scenario: Scenario): readonly string[] {
  return saidIn({ scenario, turn: 1 }).calls.map(({ args }) => (args as { readonly order: string }).order);
}

/** Turns of a scenario, from 1. */
export function turnsOf(scenario: Scenario): readonly number[] {
  return Array.from({ length: TURNS[scenario] }, (_, index) => index + 1);
}

/** The journal keys of a scenario's operations, where each model call succeeds at the attempt that is given. */
export function keysOf(scenario: Scenario, attempts = 1): readonly string[] {
  const models = turnsOf(scenario).flatMap((turn) =>
    Array.from({ length: attempts }, (_, index) => `desk/turn[${turn - 1}]${index === 0 ? "" : `#${index + 1}`}`),
  );
  return [...models, ...lookUpsOf(scenario).map((_order, index) => `desk/turn[0]/tool[${index}]`)].toSorted();
}

/** The tokens the provider reports over all turns, and how many calls there were. */
export function usageOf({ provider, scenario }: Cell, modelCalls: number): Usage {
  const total = { inputTokens: 0, cachedInputTokens: 0, cacheWriteTokens: 0, outputTokens: 0, reasoningTokens: 0 };
  for (const turn of turnsOf(scenario)) {
    const used = usedIn(provider, { scenario, turn });
    for (const key of Object.keys(total) as (keyof typeof total)[]) total[key] += used[key];
  }
  return { ...total, modelCalls, toolCalls: lookUpsOf(scenario).length };
}

export function outcomesIn(entries: readonly Entry[]): readonly Finished[] {
  return entries.filter((entry) => entry.type === "operation-finished");
}

/** One intent and one outcome for each of these operations, and for no other; each intent before its outcome. */
export function expectOperations(entries: readonly Entry[], keys: readonly string[]): void {
  const intents = entries.filter((entry) => entry.type === "operation-intended");
  const outcomes = outcomesIn(entries);
  expect(intents.map(({ key }) => String(key)).toSorted(), "intents").toEqual(keys);
  expect(outcomes.map(({ key }) => String(key)).toSorted(), "outcomes").toEqual(keys);
  for (const { key, seq } of outcomes) expect(intents.find((intent) => intent.key === key)?.seq).toBeLessThan(seq);
  expect(entries.filter(({ type }) => type === "run-started")).toHaveLength(1);
  expect(entries.filter(({ type }) => type === "run-finished")).toHaveLength(1);
}

/** The run succeeded, with what the scenario gives, and every tool ran once. */
export function expectSuccess({ scenario }: Cell, { result, lookUps }: Pick<Traces, "result" | "lookUps">): void {
  expect(result).toMatchObject({ status: "succeeded", output: outputOf(scenario) });
  expect([...lookUps].toSorted(), "look-ups").toEqual([...lookUpsOf(scenario)].toSorted());
}

/** Requests by turn: how each ended. */
export function expectRequests(requests: readonly WireRequest[], wanted: readonly (readonly [turn: number, state: string])[]): void {
  expect(requests.map(({ turn, state }) => [turn, state])).toEqual(wanted);
}

/** What goes back to the model after its first turn is what it said, to the letter, and what the tools answered; the same at each attempt. */
export function expectSentBack({ provider, scenario }: Cell, requests: readonly WireRequest[]): void {
  for (const { turn, bodyText } of requests) {
    expect(bodyText, "the same at each attempt").toBe(requests.find((other) => other.turn === turn)?.bodyText);
    const wanted = turn === 1 ? [] : sentBackIn(provider, scenario);
    expect(conversationAfterInput(provider, bodyText), `turn ${turn}`).toEqual(wanted);
  }
}

/** What was told, piece by piece, of one attempt of one turn (from 1). */
export function toldIn(events: readonly RunEvent[], { turn, attempt = 1 }: { readonly turn: number; readonly attempt?: number }) {
  const told = { text: [] as string[], reasoning: [] as string[], toolInputs: {} as Record<string, string> };
  const path = `desk/turn[${turn - 1}]`;
  for (const event of events) {
    if (event.family !== "progress" || event.attempt !== attempt || !`${event.path}#`.startsWith(`${path}#`)) continue;
    if (event.type === "text-delta") told.text.push(event.delta);
    if (event.type === "reasoning-delta") told.reasoning.push(event.delta);
    if (event.type === "tool-input-delta") told.toolInputs[event.callId] = (told.toolInputs[event.callId] ?? "") + event.delta;
  }
  return told;
}

/** What watchers were told of an attempt that succeeded is what the model said, in order. */
export function expectTold(
  { scenario }: Cell,
  events: readonly RunEvent[],
  which: { readonly turn: number; readonly attempt?: number },
): void {
  const said = saidIn({ scenario, turn: which.turn });
  const told = toldIn(events, which);
  expect(told.text.join(""), "text").toBe(said.text);
  expect(told.reasoning.join(""), "reasoning").toBe(said.reasoning);
  const inputs = Object.values(told.toolInputs).map((input) => JSON.parse(input) as unknown);
  expect(inputs, "tool inputs").toEqual(said.calls.map(({ args }) => args));
  if (scenario === "stream") expect(told.text.length, "pieces").toBeGreaterThan(20);
}

/** US dollars for a million tokens, as the providers' price pages have them for the models asked here. */
const PRICES: Readonly<
  Record<Provider, { readonly input: number; readonly read: number; readonly write: number; readonly output: number } | null>
> = {
  openai: { input: 0.25, read: 0.025, write: 0.25, output: 2 },
  anthropic: { input: 3, read: 0.3, write: 3.75, output: 15 },
  google: { input: 0.3, read: 0.03, write: 0.3, output: 2.5 },
  "openai-compatible": null,
};

/** What the reported tokens cost; not known for a server of one's own. */
export function costOf({ provider, scenario }: Cell): Cost {
  const price = PRICES[provider];
  if (price === null) return { kind: "unknown" };
  const nanoUsd = turnsOf(scenario).map((turn) => {
    const used = usedIn(provider, { scenario, turn });
    const plain = used.inputTokens - used.cachedInputTokens - used.cacheWriteTokens;
    const usd =
      plain * price.input + used.cachedInputTokens * price.read + used.cacheWriteTokens * price.write + used.outputTokens * price.output;
    return Math.round(usd * 1_000);
  });
  return { kind: "exact", nanoUsd: nanoUsd.reduce((sum, each) => sum + each, 0) };
}
