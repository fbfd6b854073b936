/** What ffmpeg does for recordings, on a machine that has it: the duration, and a copy without metadata. Nothing is encoded anew. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { MediaFault } from '../../domain/media/media-facts.ts';

const run = promisify(execFile);
const OUTPUT_BYTES_MAX = 64 * 1_024;

/** By the MIME type that the first bytes say: the type that is told, and the ending by which ffmpeg knows the container. */
export const AUDIO_TYPES: ReadonlyMap<string, { readonly type: string; readonly extension: string }> = new Map([
  ['audio/ogg', { type: 'audio/ogg', extension: 'ogg' }],
  ['audio/ogg; codecs=opus', { type: 'audio/ogg', extension: 'ogg' }],
  ['audio/opus', { type: 'audio/ogg', extension: 'ogg' }],
  ['audio/mpeg', { type: 'audio/mpeg', extension: 'mp3' }],
  ['audio/mp4', { type: 'audio/mp4', extension: 'm4a' }],
  ['audio/x-m4a', { type: 'audio/mp4', extension: 'm4a' }],
  ['audio/wav', { type: 'audio/wav', extension: 'wav' }],
  ['audio/vnd.wave', { type: 'audio/wav', extension: 'wav' }],
  ['audio/flac', { type: 'audio/flac', extension: 'flac' }],
  ['audio/x-flac', { type: 'audio/flac', extension: 'flac' }],
  ['audio/aac', { type: 'audio/aac', extension: 'aac' }],
  // Recorders of browsers write sound alone into these too.
  ['video/mp4', { type: 'audio/mp4', extension: 'm4a' }],
  ['video/webm', { type: 'audio/webm', extension: 'webm' }],
]);

export type AudioMade =
  | { readonly outcome: 'made'; /** Without metadata. */ readonly file: string; readonly durationMs?: number }
  | { readonly outcome: 'refused'; readonly fault: MediaFault };

/** `deadlineMs`: of each step. */
export async function readAudio(
  { source, folder, extension }: { readonly source: string; readonly folder: string; readonly extension: string },
  { deadlineMs }: { readonly deadlineMs: number },
): Promise<AudioMade> {
  const options = { timeout: deadlineMs, killSignal: 'SIGKILL', maxBuffer: OUTPUT_BYTES_MAX } as const;
  // Nothing but the file itself is opened: a playlist in it could name any address or file.
  const input = ['-protocol_whitelist', 'file', '-i', source];
  try {
    const file = join(folder, `full.${extension}`);
    await run('ffmpeg', ['-v', 'error', '-y', ...input, '-map', '0:a:0', '-map_metadata', '-1', '-map_chapters', '-1', '-c', 'copy', file], options);
    // Of the copy: a recorder that writes as it goes doesn't know how long it will be, and says nothing.
    const { stdout } = await run(
      'ffprobe',
      ['-v', 'error', '-protocol_whitelist', 'file', '-i', file, '-show_entries', 'format=duration', '-of', 'csv=p=0'],
      options,
    );
    const durationMs = Math.round(Number(stdout.trim() || Number.NaN) * 1_000);
    return { outcome: 'made', file, ...(Number.isFinite(durationMs) && { durationMs }) };
  } catch (error) {
    return { outcome: 'refused', fault: wasKilled(error) ? 'media-too-costly' : 'media-damaged' };
  }
}

const wasKilled = (error: unknown): boolean => error instanceof Error && 'killed' in error && error.killed === true;
