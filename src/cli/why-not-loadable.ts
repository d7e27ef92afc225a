import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { ERRORS, FlujoError, messageOf } from "../base/errors.ts";
import { shown } from "./shown-path.ts";

/** Where in which file. */
interface Place {
  readonly file: string;
  readonly line: number | null;
}

/** Why importing a file failed: what, where, and what to do about it, in place of Node's stack. */
export function whyNotLoadable(file: string, error: unknown): FlujoError {
  const code = error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
  if (FlujoError.is(error)) return refusedWhileLoading(file, error);
  switch (code) {
    case "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX":
      return new FlujoError("file_syntax_unsupported", `${say(placeOf(file, error))}: ${sentence(messageOf(error))}`, { cause: error });
    case "ERR_MODULE_NOT_FOUND":
      return moduleMissing(file, error);
    case "ERR_UNKNOWN_FILE_EXTENSION":
      return new FlujoError("file_not_loadable", `${shown(file)} is not a file that Node loads.`, {
        cause: error,
        remedy: "Name a .ts, .mts, .js or .mjs file; JSX has to be compiled first.",
      });
    case "ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING":
      return new FlujoError("file_not_loadable", `${shown(file)} imports TypeScript from node_modules, which Node does not load.`, {
        cause: error,
        remedy: "Compile that package, or keep its sources outside node_modules.",
      });
    default:
      return error instanceof SyntaxError ? syntaxError(file, error) : thrown(file, error);
  }
}

/** The definitions in the file are checked while it loads: its own error says what, here is added where. */
function refusedWhileLoading(file: string, error: FlujoError): FlujoError {
  return new FlujoError(error.code, `${say(placeOf(file, error))}: ${error.summary}`, {
    cause: error,
    remedy: error.remedy,
    details: error.details,
  });
}

function syntaxError(file: string, error: SyntaxError): FlujoError {
  const place = placeIn(error.stack) ?? placeOfCheck(file);
  const where = place === null ? `${shown(file)}, or a file it imports` : say(place);
  return new FlujoError("file_not_loadable", `${where}: ${sentence(messageOf(error))}`, {
    cause: error,
    remedy: ERRORS.file_not_loadable.remedy,
  });
}

function thrown(file: string, error: unknown): FlujoError {
  return new FlujoError(
    "file_not_loadable",
    `${say(placeOf(file, error))}: the file threw while it was loaded: ${sentence(messageOf(error))}`,
    { cause: error },
  );
}

function moduleMissing(file: string, error: unknown): FlujoError {
  const [, kind, what, by] = /^Cannot find (package|module) '([^']+)' imported from (.+)$/.exec(messageOf(error)) ?? [];
  if (what === undefined || by === undefined) return thrown(file, error);
  if (kind === "package") {
    return new FlujoError("file_not_loadable", `${shown(by)} imports the package "${what}", which is not installed.`, {
      cause: error,
      remedy: `Install it: npm install ${what}`,
    });
  }
  const remedy = /\.[cm]?[jt]sx?$/.test(what) ? "Mend the path." : 'Node wants the whole name, with its ending: "./file.ts".';
  return new FlujoError("file_not_loadable", `${shown(by)} imports ${shown(what)}, which is not there.`, { cause: error, remedy });
}

/** The first place the stack names that is neither Node's nor a package's; else the file itself. */
function placeOf(file: string, error: unknown): Place {
  return placeIn(error instanceof Error ? error.stack : undefined) ?? { file, line: null };
}

function placeIn(stack: string | undefined): Place | null {
  if (stack === undefined) return null;
  // A syntax error's stack begins with the place; the places of other errors are in brackets or after "at".
  const [, head, headLine] = /^((?:file:\/\/)?\/[^\n]*?|[A-Za-z]:\\[^\n]*?):(\d+)\n/.exec(stack) ?? [];
  if (head !== undefined) return { file: pathOf(head), line: Number(headLine) };
  for (const [, at = "", line] of stack.matchAll(/\bat (?:.*?\()?((?:file:\/\/|\/|[A-Za-z]:\\)[^\n]*?):(\d+):\d+\)?$/gm)) {
    if (!isOurs(at)) return { file: pathOf(at), line: Number(line) };
  }
  return null;
}

/** Whether a frame of a stack is in a package or in Flujo's own code, wherever that lies. */
function isOurs(at: string): boolean {
  const room = new URL(import.meta.url.endsWith(".ts") ? ".." : ".", import.meta.url).href; // the sources, or what was built of them
  return at.includes("/node_modules/") || at.startsWith(room) || pathOf(at).startsWith(fileURLToPath(room));
}

function pathOf(text: string): string {
  return text.startsWith("file://") ? fileURLToPath(text) : text;
}

/** Node tells the place of a plain syntax error only when it checks the file itself. */
function placeOfCheck(file: string): Place | null {
  const { stderr } = spawnSync(process.execPath, ["--check", file], { encoding: "utf8", timeout: 10_000 });
  return typeof stderr === "string" ? placeIn(stderr) : null;
}

function say({ file, line }: Place): string {
  return line === null ? shown(file) : `${shown(file)}:${line}`;
}

function sentence(text: string): string {
  const trimmed = text.trim();
  return /[.!?…]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}
