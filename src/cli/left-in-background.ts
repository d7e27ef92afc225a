import type { Flujo } from "../index.ts";
import type { Desk } from "./desk.ts";
import { command, noteNext, shortId } from "./hints.ts";
import { stateOf } from "./state.ts";
import { plural } from "./terminal/index.ts";

/** A run that has come to rest, and where its program is. */
interface Rested {
  readonly runId: string;
  /** Null where that is not known. */
  readonly file: string | null;
}

const MOST_NAMED = 3;

/** Says which runs a run has started in the background that go no further once this process ends, and what goes on with them. */
export async function noteLeftInBackground(desk: Desk, flujo: Flujo, { runId, file }: Rested): Promise<void> {
  const children = await flujo.list({ parent: runId });
  const left = children.filter(({ status, lineage }) => lineage?.how === "spawned" && (status === "running" || status === "stopped"));
  if (left.length === 0) return;
  const isOne = left.length === 1;
  const which = `${plural(left.length, "run", "runs")} that it started in the background ${isOne ? "has" : "have"} not ended`;
  const isLost = stateOf(desk) === "memory";
  desk.output.note(
    isLost
      ? `${which}, and ${isOne ? "ends" : "end"} with this command: the state was in memory.`
      : `${which}, and ${isOne ? "is" : "are"} parked with this command.`,
  );
  if (isLost) return;
  const resumes = left
    .slice(0, MOST_NAMED)
    .map((child) => [command(desk, "resume", shortId(child.runId)), `go on with ${child.pipeline}`] as const);
  const works = file === null ? [] : [[command(desk, "work", file), `goes on with ${isOne ? "it" : "them"} by itself`] as const];
  noteNext(desk, [...works, ...resumes]);
}
