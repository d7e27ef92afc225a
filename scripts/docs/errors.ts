// Writes docs/errors.md anew from the table of errors.
import { writeFileSync } from "node:fs";
import { renderErrors } from "./render-errors.ts";

writeFileSync(new URL("../../docs/errors.md", import.meta.url), renderErrors());
