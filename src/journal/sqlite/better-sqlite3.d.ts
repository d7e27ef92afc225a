/** The part of better-sqlite3 that the driver seam uses; the package brings no types of its own. */
declare module "better-sqlite3" {
  interface Statement {
    run(...values: readonly (string | number | Uint8Array | null)[]): {
      readonly changes: number;
      readonly lastInsertRowid: number | bigint;
    };
    get(...values: readonly (string | number | Uint8Array | null)[]): unknown;
    all(...values: readonly (string | number | Uint8Array | null)[]): unknown[];
  }
  export default class Database {
    constructor(file: string | Buffer, options: { readonly timeout: number; readonly readonly?: boolean });
    readonly open: boolean;
    readonly inTransaction: boolean;
    prepare(sql: string): Statement;
    exec(sql: string): this;
    close(): this;
  }
}
