import { simulate } from "../../src/testing/index.ts";
import { race } from "./support/programs.ts";

// Prints the histories of the seeds up to the one given, and must end by itself then.

for (let seed = 0; seed < Number(process.argv[2]); seed++) console.log((await simulate({ seed, build: race })).toString());
