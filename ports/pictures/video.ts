/**
 * What ffmpeg does for videos, on a machine that has it: a poster, the duration, and a copy without metadata, for cameras write down
 * where they were. Nothing is encoded anew.
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { MediaFault } from '../../domain/media/media-facts.ts';
import { PICTURE_PIXELS_MAX } from './port.ts';

const run = promisify(execFile);
const OUTPUT_BYTES_MAX = 1_024 * 1_024;
/** A poster is not of the black that many videos begin with. */
const POSTER_AT_MS = 1_000;

export type VideoMade =
  | {
      readonly outcome: 'made';
      /** Without metadata. */
      readonly file: string;
      readonly poster: string | undefined;
      readonly durationMs?: number;
      readonly width?: number;
      readonly height?: number;
    }
  | { readonly outcome: 'refused'; readonly fault: MediaFault };

/** Whether this machine has both programs. */
export async function hasFfmpeg(): Promise<boolean> {
  try {
    await Promise.all([run('ffmpeg', ['-version']), run('ffprobe', ['-version'])]);
    return true;
  } catch {
    return false;
  }
}

/** `extension` decides the container, and is that of the file's type. `deadlineMs`: of each step. */
export async function readVideo(
  { source, folder, extension }: { readonly source: string; readonly folder: string; readonly extension: string },
  { deadlineMs }: { readonly deadlineMs: number },
): Promise<VideoMade> {
  const options = { timeout: deadlineMs, killSignal: 'SIGKILL', maxBuffer: OUTPUT_BYTES_MAX } as const;
  // Nothing but the file itself is opened: a playlist in it could name any address or file.
  // And no frame is decoded that would need more memory than a picture may: no limit of ours stands around these processes.
  const input = ['-protocol_whitelist', 'file', '-max_pixels', String(PICTURE_PIXELS_MAX), '-i', source];
  try {
    const { stdout } = await run(
      'ffprobe',
      ['-v', 'error', ...input, '-show_entries', 'format=duration:stream=codec_type,width,height', '-of', 'json'],
      options,
    );
    const facts = factsIn(stdout);
    if (facts === undefined) return { outcome: 'refused', fault: 'media-damaged' };
    if (isTooLarge(facts)) return { outcome: 'refused', fault: 'media-too-many-pixels' };
    const file = join(folder, `full.${extension}`);
    const bare = ['-map', '0:v', '-map', '0:a?', '-map_metadata', '-1', '-map_chapters', '-1', '-c', 'copy', '-movflags', '+faststart'];
    await run('ffmpeg', ['-v', 'error', '-y', ...input, ...bare, file], options);
    const poster = join(folder, 'poster.png');
    const at = Math.min(POSTER_AT_MS, (facts.durationMs ?? 0) / 2) / 1_000;
    const taken = await run('ffmpeg', ['-v', 'error', '-y', '-ss', String(at), ...input, '-frames:v', '1', poster], options).then(
      () => true,
      () => false,
    );
    return { outcome: 'made', file, poster: taken ? poster : undefined, ...facts };
  } catch (error) {
    return { outcome: 'refused', fault: wasKilled(error) ? 'media-too-costly' : 'media-damaged' };
  }
}

type VideoFacts = { readonly durationMs?: number; readonly width?: number; readonly height?: number };

/** ffprobe knows no size of what it may not decode. */
const isTooLarge = ({ width, height }: VideoFacts): boolean => width === 0 || height === 0 || (width ?? 0) * (height ?? 0) > PICTURE_PIXELS_MAX;

/** Undefined where nothing in it can be seen. */
function factsIn(output: string): VideoFacts | undefined {
  const { format, streams = [] } = JSON.parse(output) as {
    readonly format?: { readonly duration?: string };
    readonly streams?: readonly { readonly codec_type?: string; readonly width?: number; readonly height?: number }[];
  };
  const video = streams.find(({ codec_type }) => codec_type === 'video');
  if (video === undefined) return undefined;
  const durationMs = Math.round(Number(format?.duration) * 1_000);
  const { width, height } = video;
  return { ...(Number.isFinite(durationMs) && { durationMs }), ...(width !== undefined && height !== undefined && { width, height }) };
}

const wasKilled = (error: unknown): boolean => error instanceof Error && 'killed' in error && error.killed === true;
