import type { Json } from "../../base/json.ts";
import { plainJsonOf } from "../../base/json.ts";
import { didYouMean } from "../../base/near-names.ts";
import type { Failure } from "../../model/failure.ts";
import type { PlanNode, Policy } from "../../model/node.ts";
import { decisionPath } from "../../model/path.ts";
import type { StepResult, StepSucceeded } from "../../model/step-result.ts";
import type { ExecutionFrame } from "../execution-frame.ts";
import type { Program } from "../program.ts";
import { call, perform } from "../program.ts";
import type { Tally } from "../tally.ts";
import type { PluginAnswer } from "./plugin-answer.ts";
import { notGoodEnough, problemOf } from "./validate.ts";

/** An output that plugins look at, and who they are. */
export interface Plugging {
  /** Of the attempt. */
  readonly frame: ExecutionFrame;
  readonly policy: Policy;
  readonly tally: Tally;
  readonly result: StepSucceeded;
  /** What was scored in this attempt, by name: added to. */
  readonly scores: Record<string, number>;
}

/**
 * What plugins make of an output, each of what the one before it left: it may refuse it, which fails the attempt at once, put
 * another in its place, or have another program run in place of the node. What that gives goes before all of them again.
 */
export function* plugIn(plugging: Plugging): Program<StepResult> {
  const { frame, policy, tally } = plugging;
  const way: string[] = [];
  let { result } = plugging;
  if (frame.attempt > 1 && policy.redirects !== undefined) tally.note("redirected", []); // those of the attempt before do not count
  for (;;) {
    const judged = yield* askPlugins(plugging, { result, way: [...way] });
    if ("failure" in judged) return tally.failed(judged.failure);
    if (!("to" in judged)) {
      tally.speakFor(result);
      return tally.succeeded(judged.output, result.writes);
    }
    const { to, by, feedback, output } = judged;
    const redirect = Object.hasOwn(policy.redirects ?? {}, to) ? policy.redirects?.[to] : undefined;
    if (redirect === undefined) return tally.failed(unknownRedirect(frame, policy, { to, by }));
    if (way.includes(to)) return tally.failed(cycle(frame, { to, by, way }));
    way.push(to);
    tally.note("redirected", [...way]);
    const came = yield* redirectTo(frame, { redirect, tally, by, feedback, output });
    if (came.status === "failed") return came;
    result = came;
  }
}

interface Round {
  readonly result: StepSucceeded;
  /** The redirects that were taken before, in order. */
  readonly way: readonly string[];
}

type Judged =
  | { readonly output: unknown }
  | { readonly failure: Failure }
  | { readonly to: string; readonly by: string; readonly feedback: string | null; readonly output: unknown };

/** All plugins in order, up to the first that refuses or redirects. */
function* askPlugins({ frame, policy, tally, scores }: Plugging, { result, way }: Round): Program<Judged> {
  const { node, key, input } = frame;
  const context = frame.context.with(result.writes);
  const what = way.length === 0 ? "plugin" : `plugin-${way.length + 1}`;
  let { output } = result;
  for (const name of policy.plugins ?? []) {
    const asked = yield* perform({
      kind: "decide",
      key: decisionPath(key, `${what} ${name}`),
      fingerprint: node.fingerprint,
      name: node.name,
      node: node.path,
      about: "plugin",
      value: output,
      context,
      detail: { plugin: name, input, attempt: frame.attempt, redirected: way },
    });
    tally.count(asked);
    if (asked.outcome.status === "failed") return { failure: asked.outcome.failure };
    const answer = asked.outcome.value as PluginAnswer; // the performer has made it
    if (answer.score !== null) {
      scores[name] = answer.score;
      tally.note("scores", { ...scores });
    }
    if (answer.redirect !== undefined) return { to: answer.redirect, by: name, feedback: answer.feedback, output };
    const problem = problemOf(answer, null);
    if (problem !== null) return { failure: notGoodEnough(frame, { feedback: [`${name}: ${problem}`], scores }) };
    if ("solution" in answer) output = answer.solution;
  }
  return { output };
}

interface Redirecting {
  readonly redirect: PlanNode;
  readonly tally: Tally;
  readonly by: string;
  readonly feedback: string | null;
  /** What was not to be passed on. */
  readonly output: unknown;
}

/** The same input, in the context as the attempt found it: what was given before is no longer what the node gives. */
function* redirectTo(frame: ExecutionFrame, { redirect, tally, feedback, by, output }: Redirecting): Program<StepResult> {
  const { input, context, key } = frame;
  const child = frame.child(redirect, {
    input,
    context,
    atMs: tally.atMs,
    ...(feedback === null ? {} : { feedback: redirection(key, { feedback, by, output }) }),
  });
  const result = yield* call(child);
  tally.include(result);
  return result;
}

function redirection(path: Failure["path"], { feedback, by, output }: Pick<Redirecting, "by" | "output"> & { feedback: string }): Failure {
  const artifact: Json | undefined = plainJsonOf(output);
  const details = artifact === undefined ? { plugin: by } : { plugin: by, artifact };
  return { code: "redirected", message: feedback, path, retryable: true, details };
}

interface Named {
  readonly to: string;
  readonly by: string;
}

function unknownRedirect({ key }: ExecutionFrame, { redirects = {} }: Policy, { to, by }: Named): Failure {
  const known = Object.keys(redirects);
  const those = known.length === 0 ? "It has none." : `Those there are: ${known.join(", ")}.`;
  const message = `${key}: the plugin "${by}" redirects to "${to}", and there is no such redirect.${didYouMean(to, known)} ${those}`;
  return { code: "redirect_unknown", message, path: key, retryable: false, details: { unknown: to, known } };
}

function cycle({ key, node }: ExecutionFrame, { to, by, way }: Named & Pick<Round, "way">): Failure {
  const whole = [node.name, ...way, to];
  const message = `${key}: the plugin "${by}" redirects to "${to}", which has had it in this attempt: ${whole.join(" → ")}.`;
  return { code: "redirect_cycle", message, path: key, retryable: false, details: { way: whole } };
}
