import { FlujoError, messageOf } from "../base/errors.ts";

/** An optional package, and what to type to get it. */
export interface OptionalPackage {
  readonly name: string;
  /** The range that is known to work, as npm writes it. */
  readonly range: string;
}

/**
 * Loads an optional package.
 *
 * @param load - `() => import("the-package")`, written out so that bundlers see it.
 * @throws {FlujoError} `package_missing`, with the command that installs it.
 * @throws {unknown} Whatever the package itself throws while it loads.
 */
export async function loadPackage<T>(wanted: OptionalPackage, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    if (!isMissing(wanted.name, cause)) throw cause;
    throw new FlujoError("package_missing", `The package ${wanted.name} is not installed.`, {
      cause,
      remedy: `Run \`npm install ${wanted.name}@${wanted.range}\`.`,
      details: { package: wanted.name },
    });
  }
}

/** Missing itself; a package that is there but lacks one of its own says another name. */
function isMissing(name: string, error: unknown): boolean {
  if (!(error instanceof Error) || !("code" in error) || error.code !== "ERR_MODULE_NOT_FOUND") return false;
  return messageOf(error).includes(`'${name}'`);
}
