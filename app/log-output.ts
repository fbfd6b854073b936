/**
 * Where the lines of the log go. A line that can't be written, because the disk is full or nobody reads any more, is dropped and counted:
 * a process that can't tell what it does goes on doing it.
 */
import { writeSync } from 'node:fs';

/** A pipe whose reader is slow is tried again for so long; the process waits meanwhile, so it is short. */
const BUSY_RETRIES_MAX = 20;
const BUSY_RETRY_MS = 1;

export type LogOutput = {
  /** Synchronous, so that every line logged before a crash is written. Never throws. */
  readonly write: (line: string) => void;
  /** Lines that could not be written, since the start. */
  readonly droppedLines: () => number;
};

type WriteBytes = (fd: number, bytes: Uint8Array) => number;

export function openLogOutput(fd: number, writeBytes: WriteBytes = writeSync): LogOutput {
  let dropped = 0;
  /** A line of which only a part was written must not run into the next one. */
  let endsInLine = false;
  return {
    write: (line) => {
      const bytes = Buffer.from(endsInLine ? `\n${line}` : line);
      let written = 0;
      try {
        while (written < bytes.length) written += writeSome(writeBytes, fd, bytes.subarray(written));
        endsInLine = false;
      } catch {
        dropped += 1;
        endsInLine ||= written > 0;
      }
    },
    droppedLines: () => dropped,
  };
}

function writeSome(writeBytes: WriteBytes, fd: number, bytes: Uint8Array): number {
  for (let retries = 0; ; retries += 1) {
    try {
      return writeBytes(fd, bytes);
    } catch (error) {
      if (!isBusy(error) || retries === BUSY_RETRIES_MAX) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BUSY_RETRY_MS);
    }
  }
}

const isBusy = (error: unknown): boolean => error instanceof Error && 'code' in error && (error.code === 'EAGAIN' || error.code === 'EINTR');
