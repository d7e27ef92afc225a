import { ERRORS, FlujoError } from "../../src/base/errors.ts";
import { printable } from "../../src/cli/terminal/index.ts";
import { BATCH, single } from "./job.ts";
import { chooseModel } from "./models.ts";
import { HELP, readOptions } from "./options.ts";
import { outputFor } from "./output.ts";
import { ownTicket } from "./own-ticket.ts";
import { runDemo } from "./run-demo.ts";

/** The demo program. Gives its exit code; what cannot be helped is one sentence on stderr. */
export async function main(args: readonly string[]): Promise<number> {
  try {
    const options = readOptions(args);
    if (options.isHelp) {
      process.stdout.write(HELP);
      return 0;
    }
    const job = options.input === null ? BATCH : single(ownTicket(options.input));
    const model = await chooseModel(options.model, process.env);
    const output = outputFor(options.isJson);
    return await runDemo({ job, model, output });
  } catch (error) {
    if (!FlujoError.is(error)) throw error;
    process.stderr.write(`${printable(error.message)}\n`);
    return ERRORS[error.code].exit;
  }
}
