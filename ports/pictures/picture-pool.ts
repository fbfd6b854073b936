/**
 * Processes that decode pictures, one picture each at a time. A picture that takes too much time or memory takes its process with it,
 * and the next picture gets a new one.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { resolve } from 'node:path';
import { PreparationUnavailable } from './port.ts';
import type { PictureMade } from './make-variants.ts';
import type { PictureTask } from './picture-process.ts';

const PROGRAM = resolve(import.meta.dirname, 'picture-process.ts');
/** Sets the limit on data before the process becomes Node, so that what it allocates beyond fails; `ulimit` counts kibibytes. */
const LIMITED = 'ulimit -d "$1" && shift && exec "$@"';
const KIB = 1_024;
/** What Node's heap and the library's code count for before any picture; reserved, and hardly any of it used. */
const RESERVED_BYTES = 640 * KIB * KIB;
/** The allocator keeps more of what was freed for each thread that ever asked; few threads do. */
const ENVIRONMENT = { MALLOC_ARENA_MAX: '2', UV_THREADPOOL_SIZE: '2' };
/** What is still kept goes with the process. */
const PICTURES_MAX = 200;

export type PicturePoolOptions = {
  /** Of one process, beyond what Node itself reserves. */
  readonly memoryBytesMax: number;
  /** Of one picture. */
  readonly deadlineMs: number;
  readonly processesMax: number;
};

export type PicturePool = AsyncDisposable & { make(task: PictureTask): Promise<PictureMade> };

export function startPicturePool({ memoryBytesMax, deadlineMs, processesMax }: PicturePoolOptions): PicturePool {
  const idle: { readonly child: ChildProcess; readonly pictures: number }[] = [];
  const all = new Set<ChildProcess>();
  const waiting: (() => void)[] = [];
  let busy = 0;

  const start = (): ChildProcess => {
    const command = [LIMITED, 'sh', String(Math.floor((RESERVED_BYTES + memoryBytesMax) / KIB)), process.execPath, PROGRAM];
    const child = spawn('/bin/sh', ['-c', ...command], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'], env: ENVIRONMENT });
    all.add(child);
    child.once('exit', () => {
      all.delete(child);
      const place = idle.findIndex((one) => one.child === child);
      if (place >= 0) idle.splice(place, 1);
    });
    return child;
  };

  return {
    make: async (task) => {
      if (busy >= processesMax) await new Promise<void>((go) => waiting.push(go));
      busy++;
      try {
        const { child, pictures } = idle.pop() ?? { child: start(), pictures: 0 };
        const made = await madeBy(child, task, deadlineMs);
        // One that has met a bad picture is not trusted with the next.
        if (made.outcome === 'refused' || pictures + 1 >= PICTURES_MAX) child.kill('SIGKILL');
        else idle.push({ child, pictures: pictures + 1 });
        return made;
      } finally {
        busy--;
        waiting.shift()?.();
      }
    },
    [Symbol.asyncDispose]: async () => {
      const ends = [...all].map((child) => new Promise((ended) => child.once('exit', ended)));
      for (const child of all) child.kill('SIGKILL');
      await Promise.all(ends);
    },
  };
}

/** What ended on the way was ended by the picture: its memory, its time, or what it does to the decoder. */
function madeBy(child: ChildProcess, task: PictureTask, deadlineMs: number): Promise<PictureMade> {
  return new Promise((done, fail) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), deadlineMs);
    const settle = (settled: () => void) => {
      clearTimeout(timer);
      child.removeAllListeners('message').off('exit', onExit).off('error', onError);
      settled();
    };
    const onExit = () => settle(() => done({ outcome: 'refused', fault: 'media-too-costly' }));
    const onError = (error: Error) => settle(() => fail(new PreparationUnavailable('No process for pictures can be started.', { cause: error })));
    child.on('message', (made: PictureMade) => settle(() => done(made)));
    child.once('exit', onExit).once('error', onError);
    child.send(task, (error) => {
      if (error !== null) child.kill('SIGKILL');
    });
  });
}
