import { readFileSync } from "node:fs";
import type { Ticket } from "../../examples/triage/ticket.ts";
import { FlujoError, messageOf } from "../../src/base/errors.ts";

const LONGEST_SUBJECT = 60;

/** Makes a ticket of what somebody typed, or of the file they named. @throws {FlujoError} `usage_invalid`, `input_invalid` */
export function ownTicket(input: string): Ticket {
  const text = (input.startsWith("@") ? readText(input.slice(1)) : input).trim();
  if (text === "")
    throw new FlujoError("input_invalid", "The ticket is empty.", {
      remedy: 'Give it a text: npm run demo -- --input "I was charged twice for order 4471".',
    });
  return { id: 1, from: "you@example.com", subject: subjectOf(text), body: text };
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new FlujoError("usage_invalid", `The file of --input cannot be read: ${messageOf(cause)}.`, {
      cause,
      remedy: "Name a text file: --input @ticket.txt.",
    });
  }
}

function subjectOf(text: string): string {
  const [line = ""] = (/^subject: *(.+)$/im.exec(text)?.[1] ?? text).split("\n");
  const [sentence = ""] = line.split(/(?<=[.?!]) /);
  return sentence.length <= LONGEST_SUBJECT ? sentence : `${sentence.slice(0, LONGEST_SUBJECT - 1).trimEnd()}…`;
}
