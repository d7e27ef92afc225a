import picocolors from "picocolors";

/** Colours by what they mean. All are the identity where colours are off. */
export interface Paint {
  readonly isOn: boolean;
  readonly strong: (text: string) => string;
  readonly faint: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly busy: (text: string) => string;
  readonly asks: (text: string) => string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Whether to colour what goes to a stream: `NO_COLOR` forbids, `FORCE_COLOR` (not `0`) demands, else a terminal decides. */
export function wantsColours(stream: { readonly isTTY?: boolean }, env: Environment): boolean {
  const forced = env["FORCE_COLOR"];
  if (forced !== undefined && forced !== "") return forced !== "0" && forced !== "false";
  if ((env["NO_COLOR"] ?? "") !== "") return false;
  return stream.isTTY === true && env["TERM"] !== "dumb";
}

/** The colours for a stream. */
export function paintFor(stream: { readonly isTTY?: boolean }, env: Environment = process.env): Paint {
  const isOn = wantsColours(stream, env);
  const colours = picocolors.createColors(isOn);
  return {
    isOn,
    strong: (text) => colours.bold(text),
    faint: (text) => colours.dim(text),
    good: (text) => colours.green(text),
    bad: (text) => colours.red(text),
    busy: (text) => colours.cyan(text),
    asks: (text) => colours.yellow(text),
  };
}
