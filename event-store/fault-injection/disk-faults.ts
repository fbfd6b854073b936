/** Makes one of the store's own calls of `node:fs` fail; LMDB's calls are not affected. */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const CALLS = ['openSync', 'closeSync', 'readSync', 'writeSync', 'fsyncSync', 'fstatSync', 'readFileSync', 'readdirSync', 'renameSync', 'rmSync'] as const;
type Call = (typeof CALLS)[number];

export type DiskFault = {
  /** Whether this call fails; `nth` counts from 0. */
  readonly isAt: (nth: number, call: Call, args: readonly unknown[]) => boolean;
  /** Whether the failing call takes effect all the same. */
  readonly carriedOut: boolean;
};

/** Returns the call that failed during `run`, if one did. Nothing else in the thread may use the disk meanwhile. */
export async function withDiskFault({ isAt, carriedOut }: DiskFault, run: () => Promise<unknown>): Promise<Call | undefined> {
  const real = Object.fromEntries(CALLS.map((call) => [call, fs[call]])) as Record<Call, (...args: unknown[]) => unknown>;
  let failed: Call | undefined;
  let made = 0;
  for (const call of CALLS) {
    const failing = (...args: unknown[]): unknown => {
      if (failed !== undefined || !isAt(made++, call, args)) return real[call](...args);
      failed = call;
      if (carriedOut) real[call](...args);
      throw Object.assign(new Error(`EIO: i/o error, ${call}`), { code: 'EIO' });
    };
    Object.assign(fs, { [call]: failing });
  }
  syncBuiltinESMExports();
  try {
    await run();
  } finally {
    Object.assign(fs, real);
    syncBuiltinESMExports();
  }
  return failed;
}
