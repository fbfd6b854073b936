/** Building `io-recorder.c`, where that can be done. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** Why a test that needs the noting disk is skipped here; `undefined` when it can run. */
export function whyNoIoRecorder(): string | undefined {
  if (process.platform !== 'linux') return 'it notes writes by LD_PRELOAD, which is Linux';
  return spawnSync('cc', ['--version']).status === 0 ? undefined : 'there is no C compiler to build its disk with';
}

/** Compiles it into a folder; what it answers goes into LD_PRELOAD. */
export function compileIoRecorder(folder: string): string {
  const disk = join(folder, 'io-recorder.so');
  const compiled = spawnSync('cc', ['-shared', '-fPIC', '-O1', '-o', disk, join(import.meta.dirname, 'io-recorder.c'), '-ldl', '-lpthread']);
  if (compiled.status !== 0) throw new Error(`The disk could not be compiled: ${String(compiled.stderr)}`);
  return disk;
}
