// `npm run demo`: the triage example, live, with nothing but this folder. `npm run demo -- --help` says what it can do.
import { main } from "./demo/main.ts";

process.exitCode = await main(process.argv.slice(2));
