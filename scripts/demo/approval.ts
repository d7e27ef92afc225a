import { confirm, isCancel, text } from "@clack/prompts";
import type { Pause } from "../../src/index.ts";
import { printableLine } from "../../src/cli/terminal/index.ts";
import type { Output } from "./output.ts";

/** An answer to the pipeline's question. */
export interface Approval {
  readonly ok: boolean;
  readonly note?: string;
}

/** What the demo answers where nobody can be asked. It is the demo's own doing: the library would go on waiting. */
export const OWN_ANSWER: Approval = { ok: true, note: "approved by the demo, because nobody can be asked" };

/** Asks for real at a terminal, and answers itself elsewhere, in words. Null: the person left the question open. */
export async function approvalFor(pause: Pause, output: Output): Promise<Approval | null> {
  const question = printableLine(String(pause.show));
  if (output.canAsk) return ask(question);
  output.say(`${output.paint.asks("⏸")} ${pause.name}  ${question}`, "  approved by the demo, because nobody can be asked");
  return OWN_ANSWER;
}

async function ask(question: string): Promise<Approval | null> {
  const ok = await confirm({ message: `${question}. Send it?` });
  if (isCancel(ok)) return null;
  const note = await text({ message: "A note for the books", placeholder: "none" });
  if (isCancel(note)) return null;
  return note.trim() === "" ? { ok } : { ok, note: note.trim() };
}
