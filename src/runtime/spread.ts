/**
 * Where in its spread an operation's delay lies: a number from 0 to below 1, by its idempotency key and attempt. No
 * chance in it (FNV-1a, 32 bits): other runs and other calls lie elsewhere, and the same one lies there again.
 */
export function shareOf(idempotencyKey: string, attempt: number): number {
  let hash = 0x81_1c_9d_c5;
  const text = `${idempotencyKey}#${attempt}`;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01_00_01_93);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85_eb_ca_6b); // keys differ in their last letters; without this so would only the last bits
  return ((hash ^ (hash >>> 13)) >>> 0) / 0x1_00_00_00_00;
}
