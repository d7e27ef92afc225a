import type { NodeOf, Plan, PlanNode, Policy, RetryPolicy, ValidatorSpec, WaitLimit } from "../../model/node.ts";
import { conditionOf } from "../../drawing/draw-machine.ts";
import { childrenOf } from "../../model/plan-nodes.ts";
import { historyText } from "./history-text.ts";
import { clockTime, span } from "./moments.ts";
import { count, plural } from "./numbers.ts";
import type { Paint } from "./paint.ts";
import { printableLine } from "./printable.ts";
import { shapeText } from "./shape-text.ts";
import { fit, padEnd, widthOf } from "./text-width.ts";

/** How a plan is drawn. */
export interface PlanTreeOptions {
  readonly paint: Paint;
  /** The model every agent is to use instead of its own, or null. */
  readonly model: string | null;
  readonly width: number;
  /** Whether it is told what agents give and people answer. @defaultValue `false` */
  readonly hasShapes?: boolean;
  /** Whether nothing is shown of what is in something that a kind of an author's own made. @defaultValue `false` */
  readonly isFolded?: boolean;
}

interface PlanRow {
  readonly lead: string;
  readonly name: string;
  readonly kind: string;
  readonly about: string;
}

/** What is to run, as a tree: every node with its kind and what it was told. */
export function planLines(plan: Plan, { paint, model, width, hasShapes = false, isFolded = false }: PlanTreeOptions): readonly string[] {
  const whole = (node: PlanNode): readonly string[] => [...madeByText(node), aboutOf(node, model), hasShapes ? shapeOf(node) : ""];
  const about = (node: PlanNode): string => (isFolded ? (foldedText(node) ?? whole(node)) : whole(node)).filter(isSaid).join(" · ");
  const rows = rowsOf(plan.root, { about, isFolded });
  const names = rows.reduce((most, row) => Math.max(most, widthOf(row.lead + row.name)), 0);
  const kinds = rows.reduce((most, row) => Math.max(most, widthOf(row.kind)), 0);
  const title = `${paint.strong(printableLine(plan.name))} ${printableLine(plan.version)}  ${paint.faint(`plan ${plan.hash.slice(0, 12)}`)}`;
  const lines = rows.map(({ lead, name, kind, about }) => {
    const label = padEnd(name, names - widthOf(lead));
    return `${paint.faint(lead)}${label}  ${paint.busy(padEnd(kind, kinds))}  ${paint.faint(about)}`.trimEnd();
  });
  return [title, ...lines].map((line) => fit(line, width));
}

interface RowsOptions {
  readonly about: (node: PlanNode) => string;
  readonly isFolded: boolean;
}

function rowsOf(root: PlanNode, { about, isFolded }: RowsOptions): readonly PlanRow[] {
  const rows: PlanRow[] = [];
  const open: { readonly node: PlanNode; readonly lead: string; readonly branch: string; readonly label: string; readonly ways: string }[] =
    [];
  const openChildren = (node: PlanNode, lead: string): void => {
    const children = isFolded && node.madeBy !== undefined ? [] : partsOf(node);
    for (let index = children.length - 1; index >= 0; index--) {
      const child = children[index];
      if (child !== undefined)
        open.push({
          node: child,
          lead,
          branch: index === children.length - 1 ? "└ " : "├ ",
          label: labelOf(node, child),
          ways: waysFrom(node, child),
        });
    }
  };
  if (root.kind !== "sequence" || root.madeBy !== undefined)
    open.push({ node: root, lead: "", branch: "  ", label: "", ways: "" }); // the title names it
  else openChildren(root, "  ");
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { node, lead, branch, label, ways } = next;
    const said = [about(node), ways].filter(isSaid).join(" · ");
    rows.push({ lead: lead + branch, name: printableLine(label), kind: kindOf(node), about: printableLine(said) });
    openChildren(node, lead + (branch === "├ " ? "│  " : "   "));
  }
  return rows;
}

/** What made a node: a kind of an author's own, or what it is by itself. */
function kindOf({ madeBy = [], kind }: PlanNode): string {
  return printableLine(madeBy[0]?.kind ?? kind);
}

/** What the kinds that made a node say of their options, and what it is by itself. */
function madeByText({ madeBy = [], kind }: PlanNode): readonly string[] {
  const [outermost, ...inner] = madeBy;
  if (outermost === undefined) return [];
  return [outermost.caption, ...inner.map((mark) => (mark.caption === "" ? mark.kind : `${mark.kind} ${mark.caption}`)), kind];
}

/** What is told of a node of which nothing inside is shown; null where no kind of an author's own made it. */
function foldedText(node: PlanNode): readonly string[] | null {
  const [outermost] = node.madeBy ?? [];
  if (outermost === undefined) return null;
  return outermost.hasPolicy === true ? [outermost.caption] : [outermost.caption, ...aboutPolicy(node)];
}

/** The name of a child as its parent calls it: the key of a branch, where that is another, or what it is there for. */
function labelOf(parent: PlanNode, child: PlanNode): string {
  const { policy } = parent;
  if (policy !== undefined && isOfPolicy(policy, child)) return slotLabel(child.segment, child);
  switch (parent.kind) {
    case "map":
      if (child !== parent.each) return slotLabel(child.segment, child);
      return child.name === "each" ? "each" : `each ${child.name}`;
    case "loop":
      return child.name === "body" ? "each time" : `each time ${child.name}`;
    case "search":
      return slotLabel(child === parent.evaluate ? "evaluate" : "propose", child);
    case "branch":
      return slotLabel(child === parent.default ? "default" : child.segment, child);
    case "parallel":
    case "route":
    case "gate":
    case "refine":
    case "agenticLoop":
    case "machine":
      return slotLabel(child.segment, child);
    case "human":
    case "signal":
      return slotLabel("on timeout", child);
    default:
      return child.name;
  }
}

/** Where a state of a machine leads, and when; empty for what is none, and where it leads nowhere. */
function waysFrom(machine: PlanNode, child: PlanNode): string {
  if (machine.kind !== "machine") return "";
  const [name] = Object.entries(machine.states).find(([, state]) => state === child) ?? [];
  const out = name === undefined ? [] : machine.rules.filter(({ from }) => from.includes(name));
  return out.map((rule) => `${conditionOf(rule, out)} → ${rule.to}`.trimStart()).join("; ");
}

/** Whether it is no part of the node itself: what may run in its place, what undoes it. */
function isOfPolicy({ fallbacks, redirects = {}, compensation }: Policy, child: PlanNode): boolean {
  return fallbacks.includes(child) || compensation === child || Object.values(redirects).includes(child);
}

function slotLabel(slot: string, { name, segment }: PlanNode): string {
  return slot === name || name === segment ? slot : `${slot}: ${name}`;
}

/** What is below a node, but for what only stands for it: the inside of a nested pipeline, the one step of a tap. */
function partsOf(node: PlanNode): readonly PlanNode[] {
  if (node.kind !== "nested" && node.kind !== "cache" && node.kind !== "saga" && node.kind !== "tap") return childrenOf(node);
  return childrenOf(node).flatMap((child) => (child === node.child && isStandIn(child, node) ? childrenOf(child) : [child]));
}

function isStandIn(child: PlanNode, above: PlanNode): boolean {
  const isPlain = child.kind === "sequence" || childrenOf(child).length === 0;
  return isPlain && child.name === above.name && child.policy === undefined && child.madeBy === undefined;
}

/** What a node was told, in a few words. */
export function aboutOf(node: PlanNode, model: string | null): string {
  return [...ofKind(node, model), historyText(node), ...("retry" in node ? attempts(node) : []), ...aboutPolicy(node)]
    .filter(isSaid)
    .join(" · ");
}

/** What an agent gives and a person or a signal brings, where a schema says so. */
function shapeOf(node: PlanNode): string {
  if (node.kind === "agent") return `gives ${node.outputSchema === null ? "text" : shapeText(node.outputSchema)}`;
  return node.kind === "human" || node.kind === "signal" ? `answer ${shapeText(node.answerSchema)}` : "";
}

/** What it may call, and for which of that a person has to agree. */
function toolsText({ tools }: NodeOf<"agent">): string {
  const asks = { never: "", decided: " (may ask a person)", always: " (asks a person)" } as const;
  return tools.length === 0 ? "" : `tools ${tools.map(({ name, approval }) => name + asks[approval]).join(", ")}`;
}

function ofKind(node: PlanNode, model: string | null): readonly string[] {
  switch (node.kind) {
    case "agent":
      return [model ?? node.model, toolsText(node), ...processorsText(node), `at most ${plural(node.maxTurns, "turn", "turns")}`];
    case "step":
      return [node.effect === "none" ? "" : `effect ${node.effect}`, ...accessText(node)];
    case "map":
      return [`${atOnce(node.concurrency)} at once`, node.onFailure === "collect" ? "collects failures" : "", ...resultsText(node)];
    case "parallel":
      return [joinText(node), node.onFailure === "ignore" ? "ignores failures" : "", ...resultsText(node)];
    case "agenticLoop":
      return [`at most ${plural(node.maxCommands, "command", "commands")}`, node.ask === null ? "" : "may ask a person"];
    case "machine":
      return [
        `begins in ${node.initial}`,
        `ends in ${node.ends.join(", ")}`,
        `at most ${plural(node.maxHops, "transition", "transitions")}`,
      ];
    case "route":
      return ["those that its router names", node.onFailure === "ignore" ? "ignores failures" : "", ...resultsText(node)];
    case "loop":
      return [roundsText(node), node.maxIterations !== null && node.hasExit && node.onExhausted === "return" ? "the last will do" : ""];
    case "search":
      return searchText(node);
    case "refine":
      return [`at most ${plural(node.maxIterations, "time", "times")}`, node.onExhausted === "return" ? "the last will do" : ""];
    case "gate":
      return [gateText(node), node.onFailure === "ignore" ? "ignores failures" : ""];
    case "sleep":
      return [sleepText(node)];
    case "human":
      return [`waits for an answer${limitText(node.limit)}`];
    case "signal":
      return [`waits for a signal${limitText(node.limit)}`];
    case "nested":
      return ["with a context of its own"];
    case "background":
      return [`starts a run of ${node.starts.name}`];
    case "cache":
      return [cacheText(node)];
    case "saga":
      return ["undone as a whole where it fails"];
    case "tap":
      return ["passes on what it is given", node.onError === "ignore" ? "ignores failures" : ""];
    case "gather":
      return [
        Object.entries(node.picks)
          .map(([key, segment]) => (key === segment ? key : `${key}: ${segment}`))
          .join(", "),
      ];
    case "branch":
    case "sequence":
      return [];
  }
}

function processorsText({ promptProcessors: prompt = 0, outputProcessors: output = 0 }: NodeOf<"agent">): readonly string[] {
  return [
    prompt === 0 ? "" : plural(prompt, "prompt processor", "prompt processors"),
    output === 0 ? "" : plural(output, "output processor", "output processors"),
  ];
}

/** Which fields of the context a step declares. */
function accessText({ access }: NodeOf<"step">): readonly string[] {
  const said = (does: string, fields: readonly string[] | null) =>
    fields === null ? "" : `${does} ${fields.length === 0 ? "nothing" : fields.join(", ")}`;
  return access === undefined ? [] : [said("reads", access.reads), said("writes", access.writes)];
}

/** What members see of the context, and that a function makes one thing of their results: a program for that stands below. */
function resultsText(node: NodeOf<"map" | "parallel" | "route">): readonly string[] {
  const { include } = node;
  const seen = include === undefined ? "" : `context: ${include.length === 0 ? "nothing" : include.join(", ")}`;
  return [seen, node.reduce === "decided" ? "reduced by a function" : ""];
}

function gateText({ needs, judges, minScore }: NodeOf<"gate">): string {
  const many = needs === "all" ? "all" : needs === "majority" ? "most" : count(needs);
  return `${many} of ${count(judges.length)} have to agree${minScore === null ? "" : ` with a score of ${minScore}`}`;
}

function joinText({ join, branches }: NodeOf<"parallel">): string {
  if (join === undefined) return "";
  return `the first ${join === "any" ? "" : `${count(join)} `}of ${count(branches.length)}`;
}

function searchText({ maxExpansions, maxDepth, beam, maxTokens }: NodeOf<"search">): readonly string[] {
  return [
    `best first, at most ${plural(maxExpansions, "proposal", "proposals")}`,
    maxDepth === null ? "" : `${plural(maxDepth, "step", "steps")} deep`,
    beam === null ? "" : `keeps the best ${count(beam)}`,
    maxTokens === null ? "" : `stops after ${plural(maxTokens, "token", "tokens")}`,
  ];
}

function roundsText({ maxIterations, hasExit }: NodeOf<"loop">): string {
  const times = maxIterations === null ? "" : plural(maxIterations, "time", "times");
  if (!hasExit) return times;
  return times === "" ? "until it is enough" : `until it is enough, at most ${times}`;
}

function cacheText({ ttlMs, reads, decidesKey }: NodeOf<"cache">): string {
  const by = [decidesKey ? "a key of its own" : "", ...reads].filter((part) => part !== "");
  return `kept${ttlMs === null ? "" : ` for ${span(ttlMs)}`}${by.length === 0 ? "" : `, by ${by.join(", ")}`}`;
}

function sleepText({ wake, gives }: NodeOf<"sleep">): string {
  if (wake === "decided") return gives === "duration" ? "for as long as a function says" : "until a function says";
  return "afterMs" in wake ? `for ${span(wake.afterMs)}` : `until ${clockTime(wake.atMs)}`;
}

function limitText(limit: WaitLimit | undefined): string {
  if (limit === undefined) return "";
  const { timeoutMs, otherwise } = limit;
  const then = otherwise === "fail" ? "then fails" : otherwise === "program" ? "then something else" : "then goes on with a default";
  return ` for ${span(timeoutMs)} at most, ${then}`;
}

function isSaid(text: string): boolean {
  return text !== "";
}

function atOnce(concurrency: number): string {
  return Number.isFinite(concurrency) && concurrency < 1_000_000 ? String(concurrency) : "all";
}

function attempts({ retry, timeoutMs }: { readonly retry: RetryPolicy | null; readonly timeoutMs: number | null }): readonly string[] {
  return [retriesText(retry), timeoutMs === null ? "" : `timeout ${span(timeoutMs)}`];
}

function retriesText(retry: RetryPolicy | null): string {
  if (retry === null || retry.maxAttempts < 2) return "";
  const { retryOn } = retry;
  const when = retryOn === undefined ? "" : retryOn === "decided" ? " where a function says so" : ` on ${retryOn.join(", ")}`;
  return `${plural(retry.maxAttempts - 1, "retry", "retries")}${when}`;
}

/** What is done around a node, from the inside out. What runs in its place and what undoes it stand below it. */
function aboutPolicy({ policy, kind }: PlanNode): readonly string[] {
  if (policy === undefined) return [];
  const whole = kind === "agent" ? " as a whole" : ""; // its own are for each of its model calls
  const { timeoutMs, totalTimeoutMs, plugins = [], validators, retry, tellsFailure, onError, resources, sinkTo } = policy;
  return [
    resources.length === 0 ? "" : `opens ${resources.join(", ")}`,
    timeoutMs === null ? "" : `timeout ${span(timeoutMs)}${whole}`,
    plugins.length === 0 ? "" : `plugins ${plugins.join(", ")}`,
    validators.length === 0 ? "" : `checked by ${validators.map(validatorText).join(", ")}`,
    retriesText(retry) === "" ? "" : `${retriesText(retry)}${whole}`,
    totalTimeoutMs === null ? "" : `${span(totalTimeoutMs)} in all`,
    tellsFailure ? "tells of its failure" : "",
    onError === "fail" ? "" : "a default instead of a failure",
    sinkTo === undefined ? "" : `written to ${sinkTo.join(".")}`,
  ];
}

function validatorText({ name, minScore }: ValidatorSpec): string {
  return minScore === null ? name : `${name} ≥ ${minScore}`;
}
