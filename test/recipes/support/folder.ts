import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A folder of files for one test, gone after it. */
export class Folder implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), "flujo-recipes-"));

  constructor(files: Readonly<Record<string, string | Uint8Array>> = {}) {
    for (const [name, content] of Object.entries(files)) this.write(name, content);
  }

  write(name: string, content: string | Uint8Array): void {
    const file = this.place(name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }

  place(name: string): string {
    return join(this.path, name);
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
