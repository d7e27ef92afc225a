/** Node's remarks on how it loads a file, which say nothing about the file's pipeline. */
const ABOUT_LOADING: ReadonlySet<string> = new Set(["MODULE_TYPELESS_PACKAGE_JSON"]);

/**
 * Imports something without Node's remark that a folder has no package.json with a `type`, and, on Node 22, that it is
 * still trying type stripping out. Every other warning is given as usual.
 */
export async function withoutModuleWarnings<T>(load: () => Promise<T>): Promise<T> {
  const emit = process.emitWarning;
  process.emitWarning = ((...args: Parameters<typeof emit>) => {
    if (!isAboutLoading(args)) emit.apply(process, args);
  }) as typeof emit;
  try {
    return await load();
  } finally {
    process.emitWarning = emit;
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
