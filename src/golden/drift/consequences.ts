import { nodePathOf } from "../../model/path.ts";
import type { InstancePath } from "../../model/path.ts";
import type { Cause } from "./causes.ts";
import type { Line } from "./description.ts";
import type { Drift } from "./drift.ts";
import { putTo } from "./pairs.ts";
import { count } from "./shown-value.ts";

/** At so many places what follows is told; of the others how many there are. */
const TOLD = 5;

/** What follows from a cause: where, and what is another there. The run's own come last, and are always told. */
export function consequenceLines({ follows, ignored }: Cause): readonly Line[] {
  const lines: Line[] = [];
  if (follows.length > 0) {
    const places = new Map<string, string[]>();
    const ofRun: string[] = [];
    for (const drift of follows) {
      if (drift.kind === "run" && drift.class !== "order") ofRun.push(wordOf(drift));
      else putTo(places, nodePathOf(drift.path as InstancePath), wordOf(drift));
    }
    lines.push(said(`What follows from it (${count(follows.length)} more ${follows.length === 1 ? "difference" : "differences"}):`));
    for (const [place, words] of [...places].slice(0, TOLD)) lines.push(said(`  ${place}: ${distinct(words)}`));
    if (places.size > TOLD) lines.push(said(`  and ${count(places.size - TOLD)} more ${places.size - TOLD === 1 ? "place" : "places"}`));
    if (ofRun.length > 0) lines.push(said(`  the run: ${distinct(ofRun)}`));
  }
  if (ignored.length > 0) lines.push(said(`Your rules ignore ${count(ignored.length)} more of it.`));
  return lines;
}

function said(text: string): Line {
  return { kind: "follows", text };
}

function distinct(words: readonly string[]): string {
  return [...new Set(words)].join(", ");
}

function wordOf({ class: of, about, kind }: Drift): string {
  switch (of) {
    case "path":
      return "moved";
    case "added":
      return "new";
    case "missing":
      return "gone";
    case "request":
      return REQUESTS[about] ?? `another ${about}`;
    case "output":
      return about === "value" ? (kind === "decide" ? "another answer" : "another output") : "another outcome";
    case "context":
      return kind === "run" ? "another context at the end" : "other writes to the context";
    case "order":
      return "another order";
    case "event":
      return "other events";
    case "usage":
      return about === "cost" ? "another cost" : "another usage";
    case "result":
      return about === "succeeded" ? "another output" : "another end";
  }
}

const REQUESTS: Readonly<Record<string, string>> = {
  input: "another input",
  value: "another question",
  added: "another prompt",
  show: "shown something else",
  arguments: "other arguments",
  tools: "other tools",
  settings: "other settings",
  instructions: "other instructions",
};
