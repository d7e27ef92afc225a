import { readFileSync } from "node:fs";

/** Stands for what the system does not tell. It cannot tell two processes apart. */
export const UNKNOWN = "unknown";

/** A process as the system knows it: when it began, in the system's own words, or that it is gone. */
export type ProcessFacts = { readonly is: "there"; readonly start: string } | { readonly is: "gone" };

/**
 * Names this start of the machine: `boot_id` on Linux, the boot session on macOS, {@link UNKNOWN} elsewhere.
 *
 * @param platform - As `process.platform` says it.
 */
export function bootIdOf(platform: string): string {
  if (platform === "linux") return textOf("/proc/sys/kernel/random/boot_id") ?? UNKNOWN;
  if (platform === "darwin") return outputOf("sysctl", ["-n", "kern.bootsessionuuid"]) ?? UNKNOWN;
  return UNKNOWN;
}

/**
 * What is known of a process of this machine. A killed process that its parent has not yet noticed (a zombie) is gone.
 *
 * On Linux it costs one read of `/proc`; on other systems a call of `ps`, and where there is none only the existence of
 * the process id is known.
 */
export function factsOf(pid: number, platform: string): ProcessFacts {
  if (platform === "linux") {
    const stat = textOf(`/proc/${pid}/stat`);
    if (stat !== null) return factsOfStat(stat);
  }
  if (!exists(pid)) return { is: "gone" };
  return { is: "there", start: (platform === "win32" ? null : outputOf("ps", ["-o", "lstart=", "-p", String(pid)])) ?? UNKNOWN };
}

/** Reads `/proc/<pid>/stat`: state is field 3 and start time field 22, but field 2, the command, may hold spaces and brackets. */
export function factsOfStat(stat: string): ProcessFacts {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [state, start] = [fields[0], fields[19]];
  if (state === "Z" || state === "X") return { is: "gone" };
  return { is: "there", start: start ?? UNKNOWN };
}

function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM"; // there, but somebody else's
  }
}

/** The content, or null where the file cannot be read: then that fact is not to be had. */
function textOf(file: string): string | null {
  try {
    return readFileSync(file, "latin1").trim();
  } catch {
    return null;
  }
}

/** What the program prints, or null where it is missing or fails: then that fact is not to be had. */
function outputOf(program: string, args: readonly string[]): string | null {
  try {
    // Not imported: Linux never needs it, and it takes 2 ms to load.
    const { execFileSync } = process.getBuiltinModule("node:child_process");
    const text = execFileSync(program, args, {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
      timeout: 2_000,
      env: { ...process.env, LC_ALL: "C", TZ: "UTC" },
    });
    return text.trim() === "" ? null : text.trim();
  } catch {
    return null;
  }
}
