import { type Flujo, type RunRecord, type SignalReceipt, systemClock } from "../../index.ts";
import type { Desk } from "../desk.ts";
import { DONE } from "../desk.ts";
import { findRun } from "../find-run.ts";
import { command, goOnCommand, noteNext, shortId } from "../hints.ts";
import { type Given, readValue, withGiven } from "../read-value.ts";
import { openFlujo } from "../state.ts";
import { momentText } from "../terminal/moments.ts";
import { printableLine } from "../terminal/printable.ts";

const NOTHING: Given = { value: undefined, asText: null, brokenJson: null };

/** Sends a run what it waits for, or will: whoever runs it goes on with it. */
export async function signal(
  desk: Desk,
  wanted: string,
  { name, value }: { readonly name: string; readonly value?: string },
): Promise<number> {
  const { output } = desk;
  await using flujo = openFlujo(desk);
  const { runId } = await findRun(desk, flujo, wanted);
  const given = value === undefined ? NOTHING : await readValue(desk, value);
  const record = await withGiven(given, "answer_invalid", (meant) => flujo.signal(runId, name, meant));
  const isRunning = flujo.isRunning(record);
  output.document({ ...record, isRunning, signal: name });
  output.print(`Run ${shortId(runId)} was sent "${printableLine(name)}"${taker(record, isRunning)}`);
  noteNext(desk, nextSteps(desk, flujo, record));
  return DONE;
}

function taker({ owner, status, isAwaited, overAtMs }: SignalReceipt, isRunning: boolean): string {
  if (status === "succeeded" || status === "failed" || status === "cancelled") return ".";
  if (overAtMs !== null)
    return `, too late: it waited for it until ${momentText(overAtMs, systemClock.now())}. It is kept for the next wait of that name.`;
  if (!isAwaited) return ", which it does not wait for yet. It is kept until it does.";
  return isRunning ? `; process ${owner?.pid ?? "?"} runs it and takes it up.` : ", and takes it up when somebody goes on with it.";
}

function nextSteps(desk: Desk, flujo: Flujo, record: RunRecord): readonly (readonly [string, string])[] {
  const id = shortId(record.runId);
  const show = [command(desk, "show", id), "how it stands"] as const;
  const rests = record.status === "paused" || record.status === "stopped" || (record.status === "running" && !flujo.isRunning(record));
  return rests ? [[goOnCommand(desk, "resume", id), "go on with it"], show] : [show];
}
