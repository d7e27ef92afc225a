/** Node's remarks on how it loads a file, which say nothing about the file's pipeline. */
const ABOUT_LOADING: ReadonlySet<string> = new Set(["MODULE_TYPELESS_PACKAGE_JSON"]);

/**
 * Imports something without Node's remark that a folder has no package.json with a `type`, and, on Node 22, that it is
 * still trying type stripping out. Every other warning is given as usual.
 */
export async function withoutModuleWarnings<T>(load: () => Promise<T>): Promise<T> {
  const own = Object.getOwnPropertyDescriptor(process, "emitWarning") ?? {};
  const emit = process.emitWarning.bind(process) as (...args: readonly unknown[]) => void; // it has many shapes; what comes goes on as it is
  process.emitWarning = (...args: readonly unknown[]) => {
    if (!isAboutLoading(args)) emit(...args);
  };
  try {
    return await load();
  } finally {
    Object.defineProperty(process, "emitWarning", own);
  }
}

function isAboutLoading([warning, second, third]: readonly unknown[]): boolean {
  const options =
    typeof second === "object" && second !== null
      ? (second as { readonly type?: unknown; readonly code?: unknown })
      : { type: second, code: third };
  if (typeof options.code === "string" && ABOUT_LOADING.has(options.code)) return true;
  return options.type === "ExperimentalWarning" && typeof warning === "string" && warning.startsWith("Type Stripping");
}
