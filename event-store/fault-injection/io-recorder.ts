/** Compiles `io-recorder.c`, where that is possible. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** Why tests that need the I/O recorder are skipped here; `undefined` when they can run. */
export function whyNoIoRecorder(): string | undefined {
  if (process.platform !== 'linux') return 'the I/O recorder needs LD_PRELOAD, which is Linux';
  return spawnSync('cc', ['--version']).status === 0 ? undefined : 'there is no C compiler to build the I/O recorder with';
}

/** Compiles the recorder into a folder; returns the path for LD_PRELOAD. */
export function compileIoRecorder(folder: string): string {
  const disk = join(folder, 'io-recorder.so');
  const compiled = spawnSync('cc', ['-shared', '-fPIC', '-O1', '-o', disk, join(import.meta.dirname, 'io-recorder.c'), '-ldl', '-lpthread']);
  if (compiled.status !== 0) throw new Error(`The I/O recorder could not be compiled: ${String(compiled.stderr)}`);
  return disk;
}
