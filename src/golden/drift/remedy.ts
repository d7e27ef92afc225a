import { shellWord } from "../../base/shell-word.ts";
import type { Cause } from "./causes.ts";
import type { Line } from "./description.ts";
import { isApproval, isRedaction, isRefused } from "./headline.ts";

/** What to do about a cause: a command to copy, quoted for a shell. */
export function remedyLines(cause: Cause, file: string | undefined): readonly Line[] {
  const { head, level } = cause;
  if (level === "ignore") return [];
  if (isRefused(head)) return [remedy("If you did not mean this, mend the schema; if you did, record the golden again.")];
  const answer = answerOption(cause);
  const command = `flujo golden update ${file === undefined ? "FILE" : shellWord(file)}${stepOption(cause)}${answer}`;
  const begins = `If you did not mean this, mend the ${isRedaction(head) ? "rules" : "code"}; if you did,`;
  if (file === undefined) return [remedy(`${begins} call updateGolden(), or, where it has a file:`), remedy(`  npx ${command}`)];
  return [remedy(`${begins} accept it${answer === "" ? "" : ", with what is answered there"}:`), remedy(`  ${command}`)];
}

function remedy(text: string): Line {
  return { kind: "remedy", text };
}

/** Where one place is asked something else, only that need be asked for real. */
function stepOption({ head, places }: Cause): string {
  if (head.class !== "request" || head.path === "" || places !== 1) return "";
  return ` --step ${shellWord(head.path.replace(/\/\?.*$/, "").replace(/\/(?:turn\[\d+\]|summary)[^?]*$/, ""))}`;
}

/** Where the run ends now because nobody was asked there before, an answer leads on. */
function answerOption({ head, alike }: Cause): string {
  const wait = [head, ...alike].find(({ class: of, kind, flow }) => of === "added" && flow.ends && (kind === "human" || kind === "signal"));
  if (wait === undefined) return "";
  return ` --answer ${shellWord(`${wait.name}=${isApproval(wait.path) ? '{"decision": "approve"}' : "…"}`)}`;
}
