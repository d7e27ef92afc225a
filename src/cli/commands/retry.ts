import type { RunEvent } from "../../index.ts";
import type { Desk } from "../desk.ts";
import { findRun } from "../find-run.ts";
import { goOn } from "../go-on.ts";
import { shortId } from "../hints.ts";
import type { ChangeFlags } from "../on-code-change.ts";
import { onCodeChangeOf } from "../on-code-change.ts";
import { programOfRun } from "../program-of-run.ts";
import { openFlujo } from "../state.ts";

interface RetryFlags extends ChangeFlags {
  readonly file?: string;
}

/** Tries a run again that failed, or was called off, from what failed. Its models are looked at first. */
export async function retry(desk: Desk, wanted: string, flags: RetryFlags): Promise<number> {
  const onCodeChange = onCodeChangeOf(flags);
  await using flujo = openFlujo(desk);
  const record = await findRun(desk, flujo, wanted);
  const loaded = await programOfRun(desk, record, flags.file);
  let began = false;
  const go = (onEvent: (event: RunEvent) => void) => {
    const listen = (event: RunEvent): void => {
      began = true;
      onEvent(event);
    };
    return flujo.retry(loaded.program, record.runId, { onEvent: listen, onCodeChange });
  };
  const { result, exitCode } = await goOn(desk, { flujo, record, loaded, go, isRetried: true });
  const heir = shortId(result.runId);
  desk.output.note(
    began
      ? `Run ${shortId(record.runId)} was tried again as run ${heir}.`
      : `Run ${shortId(record.runId)} was retried before, as run ${heir}: this is how that stands.`,
  );
  return exitCode;
}
