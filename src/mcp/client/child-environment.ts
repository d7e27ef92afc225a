/** Environment variables, as a plain object. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What a program needs to start and to find its files. Everything else, keys above all, a server gets only where it is declared. */
const NEEDED =
  process.platform === "win32"
    ? [
        "APPDATA",
        "HOMEDRIVE",
        "HOMEPATH",
        "LOCALAPPDATA",
        "PATH",
        "PATHEXT",
        "PROGRAMFILES",
        "SYSTEMDRIVE",
        "SYSTEMROOT",
        "TEMP",
        "USERPROFILE",
      ]
    : ["HOME", "LANG", "LOGNAME", "PATH", "TMPDIR", "TZ", "USER"];

/** The environment of a server that is started: what is needed, and what is declared. */
export function childEnvironment(ours: Environment, declared: Readonly<Record<string, string>>): Record<string, string> {
  const needed = NEEDED.flatMap((name) => {
    const value = ours[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(needed), ...declared };
}
