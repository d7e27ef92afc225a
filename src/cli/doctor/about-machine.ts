import { relative } from "node:path";
import type { StateFacts, StateFileFacts } from "../../index.ts";
import { count, plural } from "../terminal/numbers.ts";
import { type Finding, note, ok, wrong } from "./finding.ts";

/** What Flujo itself is, and what it runs on. */
export interface Machine {
  readonly flujo: string;
  readonly node: string;
  readonly platform: string;
  /** Whether this Node loads TypeScript as it is. */
  readonly loadsTypeScript: boolean;
}

/** The oldest Node that is supported; `bin/flujo.js` refuses an older one before it comes to this. */
const OLDEST_NODE = "22.18";

export function aboutMachine({ flujo, node, platform, loadsTypeScript }: Machine): readonly Finding[] {
  const nodeFound: Finding = loadsTypeScript
    ? ok("Node", `${node}, which is supported (${OLDEST_NODE} or newer)`)
    : {
        level: "problem",
        about: "Node",
        found: `${node}, which does not load TypeScript as it is`,
        remedy: "Use Node 22.18 or newer, 24 at best, and start it without --no-strip-types.",
      };
  return [ok("flujo", `${flujo} on ${platform}`), nodeFound];
}

/** @param place - The state as the user would say it. */
export function aboutState(state: StateFacts, place: string): Finding {
  switch (state.kind) {
    case "own":
      return ok("state", "a store of your own");
    case "memory":
      return note("state", "in memory: it ends with each command", "Name a file to keep runs: --state sqlite:FILE.");
    case "unknown":
      return wrong("state", state.problem);
    case "sqlite":
      return aboutFile(state, place);
  }
}

function aboutFile(state: StateFileFacts, place: string): Finding {
  const { problem, exists, layout, newestLayout, journalMode } = state;
  if (problem !== null) return wrong("state", problem);
  if (!exists) return ok("state", `${place} is not there yet; the first run makes it`);
  if (layout === null) return ok("state", `${place} is empty; the first run makes what it needs`);
  const older = layout < newestLayout ? `layout ${layout}, which the next command brings to ${newestLayout}` : `layout ${layout}`;
  const facts = [runsIn(state), older, journalMode === "wal" ? "journal mode WAL" : "not in WAL mode until it is used", "writable"];
  return ok("state", `${place}: ${facts.join(" · ")}`);
}

function runsIn({ runs, bytes }: StateFileFacts): string {
  if (runs === null) return `${count(Math.round(bytes / 1_000_000))} MB, too much to count its runs`;
  const counts = Object.entries(runs);
  const total = counts.reduce((sum, [, each]) => sum + each, 0);
  const each = counts.map(([status, runsOf]) => `${count(runsOf)} ${status}`).join(", ");
  return total === 0 ? "no runs" : `${plural(total, "run", "runs")} (${each})`;
}

/** A place for state as it is shortest from here. */
export function placeFromHere(state: StateFacts, said: string): string {
  if (state.kind !== "sqlite") return said;
  const fromHere = relative(process.cwd(), state.file);
  return fromHere.length < state.file.length && !fromHere.startsWith("..") ? fromHere : state.file;
}
