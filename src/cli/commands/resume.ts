import type { RunEvent, RunRecord } from "../../index.ts";
import { isTerminal } from "../../model/run-result.ts";
import type { Desk } from "../desk.ts";
import { findRun } from "../find-run.ts";
import { goOn } from "../go-on.ts";
import { shortId } from "../hints.ts";
import type { ChangeFlags } from "../on-code-change.ts";
import { onCodeChangeOf } from "../on-code-change.ts";
import { programOfRun } from "../program-of-run.ts";
import { openFlujo } from "../state.ts";

interface ResumeFlags extends ChangeFlags {
  readonly file?: string;
}

/** Goes on with a run that was interrupted or parked. What is recorded is not done again. */
export async function resume(desk: Desk, wanted: string, flags: ResumeFlags): Promise<number> {
  const onCodeChange = onCodeChangeOf(flags);
  await using flujo = openFlujo(desk);
  const record = await findRun(desk, flujo, wanted);
  const loaded = await programOfRun(desk, record, flags.file);
  let began: string | null = null;
  const { result, exitCode } = await goOn(desk, {
    flujo,
    record,
    loaded,
    go: (onEvent) => {
      const listen = (event: RunEvent): void => {
        began ??= event.runId;
        onEvent(event);
      };
      return flujo.resume(loaded.program, record.runId, { onEvent: listen, onCodeChange });
    },
  });
  if (onCodeChange === "fork" && (began ?? result.runId) === record.runId) desk.output.note(notForked(record));
  return exitCode;
}

function notForked({ runId, status }: RunRecord): string {
  const id = shortId(runId);
  return isTerminal(status)
    ? `Run ${id} was not forked: it had ended, and this is what came of it.`
    : `Run ${id} was not forked: of what it has used or may still use nothing has changed, so it went on itself.`;
}
