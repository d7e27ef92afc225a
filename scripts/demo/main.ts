import { ERRORS, FlujoError } from "../../src/base/errors.ts";
import { printable } from "../../src/cli/terminal/index.ts";
import { runCrash } from "./crash/run-crash.ts";
import { BATCH, single } from "./job.ts";
import { chooseModel, OFFLINE_MODEL } from "./models.ts";
import { HELP, readOptions } from "./options.ts";
import { outputFor } from "./output.ts";
import { ownTicket } from "./own-ticket.ts";
import { runDemo } from "./run-demo.ts";

/** The demo program. Gives its exit code; what cannot be helped is one sentence on stderr. */
export async function main(args: readonly string[]): Promise<number> {
  for (const stream of [process.stdout, process.stderr]) stream.on("error", ignoreGoneReader);
  try {
    const options = readOptions(args);
    if (options.isHelp) {
      process.stdout.write(HELP);
      return 0;
    }
    const output = outputFor(options.isJson);
    if (options.isCrash) return await runCrash({ model: await chooseModel(options.model ?? OFFLINE_MODEL, process.env), output });
    const job = options.input === null ? BATCH : single(ownTicket(options.input));
    const model = await chooseModel(options.model, process.env);
    return await runDemo({ job, model, output });
  } catch (error) {
    if (!FlujoError.is(error)) throw error;
    process.stderr.write(`${printable(isAboutState(error) ? `${error.summary} ${STATE_REMEDY} [${error.code}]` : error.message)}\n`);
    return ERRORS[error.code].exit;
  }
}

const STATE_REMEDY = "The file was left as it is. Move it away, and the demo makes a new one.";

function isAboutState(error: FlujoError): boolean {
  return error.code === "state_unreadable" || error.code === "state_newer";
}

/** Whoever reads us may stop reading (`npm run demo | head`); that is no reason to stop the run. */
function ignoreGoneReader(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
}
