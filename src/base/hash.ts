/** SHA-256 of a text or of bytes, as 64 hexadecimal digits. */
export function sha256(data: string | Uint8Array): string {
  // Not imported: it would take 3 MB of everybody who imports the package, and only those who compile a plan need it.
  const { createHash } = process.getBuiltinModule("node:crypto");
  return createHash("sha256").update(data).digest("hex");
}

const hashes = new WeakMap<Uint8Array, string>();

/** {@link sha256} of bytes that nobody changes: worked out once for each array, however often it is asked for. */
export function sha256OfBytes(bytes: Uint8Array): string {
  let hash = hashes.get(bytes);
  if (hash === undefined) {
    hash = sha256(bytes);
    hashes.set(bytes, hash);
  }
  return hash;
}

/** The first 16 hexadecimal digits of {@link sha256}: enough to tell two versions of one step apart. */
export function fingerprintOf(text: string): string {
  return sha256(text).slice(0, 16);
}
