/** A small disk of its own for a test, which it can fill to the last byte. */
import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const CHUNK_BYTES = 64 * 1_024;

export type SmallDisk = Disposable & {
  readonly path: string;
  readonly fill: () => void;
  readonly makeRoom: () => void;
};

/** Undefined where it can be done. */
export function whyNoSmallDisk(): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'mounting a small disk takes root on Linux';
  const tried = spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']);
  return tried.status === 0 ? undefined : 'this machine does not let root mount';
}

export function mountSmallDisk(folder: string, { mebibytes }: { readonly mebibytes: number }): SmallDisk {
  const path = join(folder, 'disk');
  mkdirSync(path);
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'tmpfs', path]);
  if (status !== 0) throw new Error(`mount ended with ${status}`);
  const ballast = join(path, 'ballast');
  return {
    path,
    fill: () => {
      const file = openSync(ballast, 'w');
      try {
        // In the end by single bytes, so that not even a short write fits.
        for (let bytes = CHUNK_BYTES; bytes >= 1; bytes = Math.floor(bytes / 2)) fillBy(file, Buffer.alloc(bytes));
      } finally {
        closeSync(file);
      }
    },
    makeRoom: () => rmSync(ballast),
    [Symbol.dispose]: () => void spawnSync('umount', ['-l', path]),
  };
}

function fillBy(file: number, chunk: Uint8Array): void {
  try {
    for (;;) writeSync(file, chunk);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
  }
}
