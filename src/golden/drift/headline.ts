import { isPlainObject } from "../../base/json.ts";
import type { DecisionAbout } from "../../core/program.ts";
import type { Cause } from "./causes.ts";
import type { Drift } from "./drift.ts";
import { count } from "./shown-value.ts";
import { areReordered } from "./tools-by-name.ts";

/** What a decision says, to be read in a sentence. */
const DECISIONS: Readonly<Record<DecisionAbout, (name: string) => string>> = {
  key: (name) => `which branch of ${name} is taken`,
  route: (name) => `which branches ${name} names`,
  guard: (name) => `whether a transition of the machine ${name} is taken`,
  show: (name) => `what a person is shown at ${name}`,
  context: (name) => `whether the context fits its schema after ${name}`,
  contributions: (name) => `what the reducers of the context make of what was contributed in ${name}`,
  until: (name) => `whether the loop ${name} has gone round often enough`,
  next: (name) => `the next input of the loop ${name}`,
  output: (name) => `what the loop ${name} gives`,
  reduce: (name) => `what a reducer makes of the results of ${name}`,
  accept: (name) => `whether the artifact of ${name} is accepted`,
  screen: (name) => `what the functions of the search ${name} say of its states`,
  wake: (name) => `when the wait ${name} ends`,
  enter: (name) => `the context that ${name} begins with`,
  leave: (name) => `what ${name} leaves in the context around it`,
  cacheKey: (name) => `what stands for the input of the cache ${name}`,
  recall: (name) => `what the cache ${name} has`,
  spawn: (name) => `which run ${name} has started`,
  keep: (name) => `what is kept in the cache ${name}`,
  retryOn: (name) => `whether ${name} is tried again`,
  plugin: (name) => `what a plugin makes of what ${name} gave`,
  validate: (name) => `what a validator says of ${name}`,
  failed: (name) => `who is told that ${name} has failed`,
  default: (name) => `what ${name} gives instead of failing`,
  instructions: (name) => `what a function gives the agent ${name} as instructions`,
  prompt: (name) => `what prompt processors make of what the agent ${name} is told`,
  processed: (name) => `what output processors make of what the agent ${name} gave`,
  tools: (name) => `what the tool servers of the agent ${name} offer`,
  arguments: (name) => `what a tool's schema makes of the arguments that the agent ${name} gives it`,
  approval: (name) => `whether a person must agree to a tool call of the agent ${name}`,
  history: (name) => `what the agent ${name} is given of its conversation`,
  remember: (name) => `what is kept of the conversation of the agent ${name}`,
  asked: (name) => `what the agent ${name} is told later that it was asked`,
};

/** What a cause is, in one sentence. */
export function headlineOf({ head, places }: Cause): string {
  const sentence = capital(sentenceOf(head));
  return places === 1 ? `${sentence}.` : `${sentence}, in ${count(places)} places.`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function sentenceOf(drift: Drift): string {
  switch (drift.class) {
    case "path":
      return `${thing(drift)} is found under another path: it was renamed or moved`;
    case "added":
      return added(drift);
    case "missing":
      return missing(drift);
    case "request":
      return asked(drift);
    case "output":
      return gave(drift);
    case "context":
      return wrote(drift);
    case "order":
      return ordered(drift);
    case "event":
      return event(drift);
    case "usage":
      return used(drift);
    case "result":
      return ended(drift);
  }
}

function quoted(name: string): string {
  return `"${name}"`;
}

/** What it is, to begin a sentence with. */
function thing({ kind, name, path, decides }: Drift): string {
  switch (kind) {
    case "step":
      return `the step ${quoted(name)}`;
    case "model":
      return `the model call of the agent ${quoted(name)}`;
    case "agent":
      return `the agent ${quoted(name)}`;
    case "tool":
      return `the tool ${quoted(name)}`;
    case "human":
      return isApproval(path) ? `the approval of ${quoted(name)}` : `the question to a person at ${quoted(name)}`;
    case "signal":
      return `the wait for the signal ${quoted(name)}`;
    case "sleep":
      return isDeadline(path) ? `the time limit of ${quoted(name)}` : `the pause ${quoted(name)}`;
    case "decide":
      return decides === null ? `a decision of ${quoted(name)}` : DECISIONS[decides](quoted(name));
    case "run":
      return "the run";
  }
}

/** A tool call's own place for a person to agree at, or a question that is called so. */
export function isApproval(path: string): boolean {
  return /\/tool\[\d+\](?:#\d+)?\/approval$/.test(path);
}

function isDeadline(path: string): boolean {
  return /\/\?(?:time|total)$/.test(path);
}

function added(drift: Drift): string {
  const { kind, name, path } = drift;
  switch (kind) {
    case "model":
      return `the agent ${quoted(name)} makes a model call that was not recorded`;
    case "step":
      return `the step ${quoted(name)} runs, which it did not when this was recorded`;
    case "tool":
      return `the tool ${quoted(name)} is called, which it was not when this was recorded`;
    case "human":
      return isApproval(path)
        ? `the approval of ${quoted(name)} is asked for, which it was not when this was recorded`
        : `a person is asked at ${quoted(name)}, which was not so when this was recorded`;
    default:
      return `${thing(drift)} was not there when this was recorded`;
  }
}

function missing(drift: Drift): string {
  const { kind, name, path } = drift;
  switch (kind) {
    case "model":
      return `the agent ${quoted(name)} makes a model call less than was recorded`;
    case "step":
      return `the step ${quoted(name)} is not run any more`;
    case "tool":
      return `the tool ${quoted(name)} is not called any more`;
    case "human":
      return isApproval(path)
        ? `the approval of ${quoted(name)} is not asked for any more`
        : `the person who was asked at ${quoted(name)} is not asked any more`;
    case "signal":
      return `the signal ${quoted(name)} is not waited for any more`;
    default:
      return `${thing(drift)} is not there any more`;
  }
}

/** What of an agent has changed, to be read before "of". */
const PARTS: Readonly<Record<string, string>> = {
  instructions: "the instructions",
  model: "the model",
  settings: "the model settings",
  toolChoice: "which tool must be called, a setting",
  tools: "the tools",
  providerTools: "the provider's tools",
  outputSchema: "the output schema",
};

function asked(drift: Drift): string {
  const { kind, about, name, decides } = drift;
  if (decides !== null && decides === about) return `${thing(drift)} changed`;
  if (about === "name" && kind !== "tool") return calledOtherwise(drift);
  if (kind === "run" && isRefused(drift))
    return `the ${about === "inputSchema" ? "input" : "context"} that was recorded is not taken any more`;
  if (isRedaction(drift)) return "the rules of redaction replace more than they did when this was recorded";
  if (kind === "run") return `the run is begun with something else: its ${BEGINNINGS[about] ?? about}`;
  if (kind === "agent" && areReordered(drift.recorded, drift.now))
    return `${PARTS[about] ?? `the ${about}`} of the agent ${quoted(name)} are in another order`;
  if (kind === "agent") return `${PARTS[about] ?? `the ${about}`} of the agent ${quoted(name)} changed`;
  if (about === "kind") return `what is called ${quoted(name)} is something of another kind`;
  if (kind === "step")
    return about === "input" ? `${thing(drift)} is given another input` : `${thing(drift)} is told of another failure before it`;
  if (kind === "tool")
    return about === "input"
      ? `${thing(drift)} is called with other arguments`
      : `another tool is called than was recorded, ${quoted(name)}`;
  if (kind === "model") return `the agent ${quoted(name)} asks its model something else`;
  if (kind === "human" && about !== "answerSchema") return `what a person is shown at ${quoted(name)} changed`;
  if (about === "answerSchema") return `the form of the answer that ${quoted(name)} takes changed`;
  if (kind === "sleep" || kind === "signal") return `how long ${quoted(name)} waits changed`;
  return `${thing(drift)} is decided on something else`;
}

/** The same place is another one's now. */
function calledOtherwise({ path, recorded, now }: Drift): string {
  const undone = /([^/[\]#]+)(?:\[\d+\]|#\d+)*\/compensate(?:#\d+)?$/.exec(path)?.[1];
  const [was, is] = [quoted(String(recorded)), quoted(String(now))];
  return undone === undefined ? `${is} stands where ${was} stood` : `${quoted(undone)} is undone by ${is} now, and was by ${was}`;
}

/** Whether a schema of the pipeline does not take what the run was begun with: then no update can mend it. */
export function isRefused({ kind, about }: Drift): boolean {
  return kind === "run" && (about === "inputSchema" || about === "contextSchema");
}

/** Whether it is only that what the golden has is redacted now. */
export function isRedaction({ kind, about }: Drift): boolean {
  return kind === "run" && about === "redaction";
}

const BEGINNINGS: Readonly<Record<string, string>> = { startsAtMs: "clock", seed: "source of chance" };

function gave(drift: Drift): string {
  const { kind, about, now } = drift;
  const it = kind === "decide" ? `the answer to ${thing(drift)}` : thing(drift);
  if (about === "failure") return `${kind === "decide" ? `deciding ${thing(drift)}` : it} fails for another reason`;
  if (about === "outcome") {
    const status = typeof now === "object" && now !== null && "status" in now ? now.status : "";
    if (status === "failed") return `${kind === "decide" ? `deciding ${thing(drift)}` : it} fails, which it did not when this was recorded`;
    if (status === "succeeded")
      return `${kind === "decide" ? `deciding ${thing(drift)}` : it} succeeds, which it did not when this was recorded`;
    return `${it} comes to no end, which it did when this was recorded`;
  }
  if (kind === "decide") return `${thing(drift)} is answered differently, although the question is the same`;
  return `${it} gives something else, although it is asked the same`;
}

function wrote(drift: Drift): string {
  if (drift.kind === "run") return "the context at the end is another one";
  const [was, is] = [sizeOf(drift.recorded), sizeOf(drift.now)];
  const it = drift.kind === "decide" ? `what decides ${thing(drift)}` : thing(drift);
  if (is === 0) return `${it} does not write to the context any more`;
  if (was === 0) return `${it} writes to the context, which it did not when this was recorded`;
  return `${it} writes something else to the context`;
}

function sizeOf(value: unknown): number {
  return Array.isArray(value) ? value.length : 0;
}

function ordered({ about, recorded, now, name, path }: Drift): string {
  const [was, is] = [namesOf(recorded), namesOf(now)];
  if (about === "outcomes") return `another one was quicker at ${quoted(path)}: ${quoted(is[0] ?? "")}, and not ${quoted(was[0] ?? "")}`;
  const moved = is.filter((each, index) => each !== was[index]);
  const [one, other] = moved;
  if (one === undefined || other === undefined) return `what ${quoted(name)} does comes in another order`;
  if (moved.length === 2) return `${member(other)} and ${member(one)} have changed places in ${quoted(name)}`;
  return `${one.startsWith("?") ? "what looks at" : "the steps of"} ${quoted(name)} ${one.startsWith("?") ? "does so" : "come"} in another order, from ${member(one)} on`;
}

/** One of an order: the name of a step, or who decides something (`?plugin tone`). */
function member(token: string): string {
  const [, what, name] = /^\?(plugin|validate)(?:-\d+)? (.+)$/.exec(token) ?? [];
  if (name === undefined) return quoted(token.replace(/^\?/, ""));
  return `the ${what === "plugin" ? what : "validator"} ${quoted(name)}`;
}

/** The names that an order lists. */
export function namesOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
}

function event({ about, recorded, now }: Drift): string {
  const what = about === "cancel-requested" ? "that the run is called off" : "a signal that did not fit";
  if (now === null) return `${what} was recorded, and does not happen any more`;
  return recorded === null ? `${what} was not recorded, and happens` : `${what} is recorded otherwise`;
}

function used(drift: Drift): string {
  const it = drift.kind === "run" ? "the run" : thing(drift);
  return drift.about === "cost" ? `${it} costs something else` : `${it} uses something else: tokens or calls`;
}

function ended({ about, path, name, recorded, now }: Drift): string {
  if (path !== "") return endedThere(quoted(name), failureOf(recorded), failureOf(now));
  const status = typeof now === "object" && now !== null && "status" in now ? now.status : "";
  if (about === "status") return `the run ends as ${String(status)}, which is not how it was recorded`;
  return about === "succeeded" ? "the run gives another output" : `the run is ${about} in another way`;
}

/** Of a run that failed at a place by itself, as nothing that was asked there did. */
function endedThere(name: string, was: Readonly<Record<string, unknown>> | null, is: Readonly<Record<string, unknown>> | null): string {
  if (is?.["code"] === "gate_closed") return `the gate ${name} is closed, which it was not when this was recorded`;
  if (was?.["code"] === "gate_closed") return `the gate ${name} is not closed any more, as it was when this was recorded`;
  if (is === null) return `${name} does not fail any more, as it did when this was recorded`;
  return was === null
    ? `${name} fails, which it did not when this was recorded`
    : `the run fails at ${name}, which is not how it was recorded`;
}

/** The failure that a run ended with; null where it did not fail. */
export function failureOf(end: unknown): Readonly<Record<string, unknown>> | null {
  return isPlainObject(end) && isPlainObject(end["failure"]) ? end["failure"] : null;
}
