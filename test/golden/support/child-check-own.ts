import { checkGolden } from "../../../src/golden/check.ts";
import { fileOf, OWN } from "./own-goldens.ts";

// Started in a copy of the project: says what every golden of Flujo's own finds in the code beside it, as JSON.

const found: Record<string, readonly string[]> = {};
for (const [name, make] of OWN) {
  const { causes } = await checkGolden(make().program, fileOf(name), { redact: false });
  if (causes.length > 0) found[name] = causes.map(({ head }) => `${head.class} ${head.path}`);
}
process.stdout.write(JSON.stringify(found));
