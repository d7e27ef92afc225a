import { FlujoError, messageOf } from "../base/errors.ts";
import { runCommandLine } from "./command-line.ts";
import type { Desk } from "./desk.ts";
import { remedyHere } from "./hints.ts";

// Whoever reads us may stop reading (`flujo show … | head`). That is no error, and no reason to stop a run.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE" && error.code !== "EIO") throw error;
  });
}

let desk: Desk | null = null;

// The event loop has run dry although we still wait: what we wait for can never come.
process.once("beforeExit", () => {
  if (desk?.busyWith == null) return;
  const code = desk.busyWith.startsWith("the file") ? "file_not_loadable" : "step_failed";
  process.exit(desk.output.fail(new FlujoError(code, `Nothing more can happen in ${desk.busyWith}.`)));
});

// A user's code that throws outside of its step (a timer, an event, a promise nobody waits for) ends the process, as it would
// without us; what is recorded stays, and the run can be gone on with.
process.on("uncaughtException", (cause) => {
  if (desk === null) throw cause;
  const error = new FlujoError("step_failed", `Something was thrown outside of any step, and nobody caught it: ${messageOf(cause)}.`, {
    cause,
    remedy: `Mend it (--verbose shows where), then resume the run: ${desk.run === null ? "`flujo list` names it" : "`flujo resume RUN`"}.`,
  });
  process.exit(desk.output.fail(error, (remedy) => (desk === null ? remedy : remedyHere(desk, remedy))));
});

const exitCode = await runCommandLine(process.argv.slice(2), (made) => {
  desk = made;
});

await Promise.all([process.stdout, process.stderr].map((stream) => new Promise((resolve) => stream.write("", resolve))));
process.exit(exitCode); // what a user's file has left open must not keep us
