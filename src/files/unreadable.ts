import { FlujoError } from "../base/errors.ts";
import { type FileSource, spokenSource } from "./file-source.ts";

/** Why a source cannot be read. */
export interface Unreadable {
  /** To follow its name: `is a folder`. */
  readonly what: string;
  readonly remedy?: string;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/** The error of `file()`. */
export function unreadable(source: FileSource, { what, remedy, details, cause }: Unreadable): FlujoError {
  const spoken = spokenSource(source);
  return new FlujoError("file_unreadable", `${spoken} ${what}.`, {
    details: { source: spoken, ...details },
    cause,
    ...(remedy === undefined ? {} : { remedy }),
  });
}
