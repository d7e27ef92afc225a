import { isPlainObject } from "../../base/json.ts";
import type { NodeView } from "../../model/view-data.ts";
import { duration, plural } from "./numbers.ts";

/** How something went, in a few words each: how often round, who won, what took its place, what became of its failure. */
export function notesOf(node: NodeView): readonly string[] {
  return [
    roundsOf(node),
    cacheOf(node),
    spawnedOf(node),
    searchOf(node),
    routesOf(node),
    stateOf(node),
    commandsOf(node),
    votesOf(node),
    raceOf(node),
    redirectsOf(node),
    fallbackOf(node),
    defaultOf(node),
    timeOf(node),
    scoresOf(node),
  ].filter((text) => text !== "");
}

function roundsOf({ metadata: { iterations, exhausted, accepted } }: NodeView): string {
  if (typeof iterations !== "number") return "";
  return `${plural(iterations, "time", "times")}${exhausted === true ? ", and not enough by then" : accepted === false ? ", and not accepted by then" : ""}`;
}

function searchOf({ metadata: { expanded, found, dropped } }: NodeView): string {
  if (typeof expanded !== "number") return "";
  const parts = [...(typeof found === "boolean" ? [found ? "found" : "not found"] : []), `proposed ${plural(expanded, "time", "times")}`];
  return [...parts, ...(typeof dropped === "number" ? [`${dropped} dropped`] : [])].join(", ");
}

function cacheOf({ metadata: { cache, cacheProblem } }: NodeView): string {
  if (cache === "hit") return "from the cache";
  return typeof cacheProblem === "string" ? `not from the cache: ${cacheProblem}` : "";
}

function stateOf({ metadata: { state, hops } }: NodeView): string {
  return typeof state !== "string" || typeof hops !== "number" ? "" : `in ${state} after ${plural(hops, "transition", "transitions")}`;
}

function spawnedOf({ metadata: { spawned } }: NodeView): string {
  return typeof spawned === "string" ? `started run ${spawned}` : "";
}

function commandsOf({ metadata: { commands } }: NodeView): string {
  return typeof commands === "number" ? plural(commands, "command", "commands") : "";
}

function routesOf({ metadata: { routes } }: NodeView): string {
  if (!Array.isArray(routes)) return "";
  return `→ ${routes.length === 0 ? "none" : routes.join(", ")}`;
}

function votesOf({ metadata: { votes } }: NodeView): string {
  if (!isPlainObject(votes)) return "";
  const agreed = Object.values(votes).filter((vote) => isPlainObject(vote) && vote["agrees"] === true).length;
  return `${agreed} of ${plural(Object.keys(votes).length, "vote", "votes")} for it`;
}

function raceOf({ metadata: { winners, ignored } }: NodeView): string {
  const won = Array.isArray(winners) ? winners.join(", ") : "";
  if (won !== "") return `first: ${won}`;
  return Array.isArray(ignored) && ignored.length > 0 ? `without ${ignored.join(", ")}` : "";
}

/** `redirected to senior, expert`. */
function redirectsOf({ metadata: { redirected } }: NodeView): string {
  return Array.isArray(redirected) && redirected.length > 0 ? `redirected to ${redirected.join(", ")}` : "";
}

/** `fallback 1 after timeout`. */
function fallbackOf({ metadata: { fallback }, outcomes }: NodeView): string {
  if (typeof fallback !== "number") return "";
  const failure = outcomes.at(-1)?.failure ?? null;
  const why = fallback > 1 ? "failure" : failure === null ? "validation" : (CAUSES[failure.code] ?? "failure");
  return `fallback ${fallback} after ${why}`;
}

const CAUSES: Readonly<Record<string, string>> = { timeout: "timeout", validation_failed: "validation" };

function defaultOf(node: NodeView): string {
  const { defaulted, ignored } = node.metadata;
  if (typeof defaulted === "string") return `its default instead: ${withoutPath(defaulted, node)}`;
  return typeof ignored === "string" ? `failed, and was ignored: ${withoutPath(ignored, node)}` : "";
}

/** A message about something in a node, or the node itself, without its path. */
function withoutPath(message: string, { path }: NodeView): string {
  return message.startsWith(path) ? message.replace(/^[^:]*:\s*/, "") : message;
}

function timeOf({ kind, metadata: { timedOut, lateMs } }: NodeView): string {
  if (timedOut === true) return kind === "signal" ? "the signal did not come in time" : "nobody answered in time";
  return typeof lateMs === "number" ? `its time was over ${duration(lateMs)} before` : "";
}

function scoresOf({ metadata: { scores } }: NodeView): string {
  if (!isPlainObject(scores)) return "";
  return `scores ${Object.entries(scores)
    .map(([name, score]) => `${name} ${typeof score === "number" ? score : "?"}`)
    .join(", ")}`;
}
