import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

/** A small house with one file where a test needs one: clean until something is planted in it. */
export class PlantedTree implements AsyncDisposable {
  readonly root: string;

  private constructor(root: string) {
    this.root = root;
  }

  /** @param files - What stands in the tree: contents by path. */
  static async make(files: Readonly<Record<string, string>>): Promise<PlantedTree> {
    const tree = new PlantedTree(await mkdtemp(join(tmpdir(), "flujo-walls-")));
    await symlink(resolve("node_modules"), join(tree.root, "node_modules"));
    await tree.plant(files);
    return tree;
  }

  /** Writes files, over what was there. */
  async plant(files: Readonly<Record<string, string>>): Promise<void> {
    for (const [path, content] of Object.entries(files)) {
      await mkdir(dirname(join(this.root, path)), { recursive: true });
      await writeFile(join(this.root, path), content);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.root, { recursive: true, force: true });
  }
}
