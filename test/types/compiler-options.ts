import { fileURLToPath } from "node:url";
import ts from "typescript";

/** The options of the repository's own tsconfig. */
export function compilerOptions(): ts.CompilerOptions {
  const file = fileURLToPath(new URL("../../tsconfig.base.json", import.meta.url));
  const { config, error } = ts.readConfigFile(file, (path) => ts.sys.readFile(path));
  if (error !== undefined) throw new Error(ts.flattenDiagnosticMessageText(error.messageText, "\n"));
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, fileURLToPath(new URL("../../", import.meta.url)));
  return { ...options, noEmit: true };
}
