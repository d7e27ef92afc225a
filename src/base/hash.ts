/** SHA-256 of a text or of bytes, as 64 hexadecimal digits. */
export function sha256(data: string | Uint8Array): string {
  // Not imported: it would take 3 MB of everybody who imports the package, and only those who compile a plan need it.
  const { createHash } = process.getBuiltinModule("node:crypto");
  return createHash("sha256").update(data).digest("hex");
}

/** The first 16 hexadecimal digits of {@link sha256}: enough to tell two versions of one step apart. */
export function fingerprintOf(text: string): string {
  return sha256(text).slice(0, 16);
}
