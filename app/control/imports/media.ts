/** Imports one picture or video, piece by piece, as an upload of its owner; what prepares uploads prepares it as well. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Commands } from '../../../commands/commands.ts';
import type { LoadState } from '../../../commands/handling/handle.ts';
import type { Importing } from '../../../commands/imports/importing.ts';
import { importedMediaOf } from '../../../commands/imports/imports.ts';
import type { Uploads } from '../../../commands/media/uploads.ts';
import { media, type MediaState } from '../../../domain/media/media.ts';
import type { MediaId } from '../../../domain/shared/ids.ts';
import { mediaStream } from '../../../domain/shared/streams.ts';
import { ControlFailure, type OperationRequest } from '../protocol.ts';
import type { ImportLines } from './protocol.ts';
import { refusedAs } from './outcomes.ts';

export type MediaImporting = { readonly uploads: Uploads; readonly loadState: LoadState; readonly commands: Pick<Commands, 'importUpload'> };

type Line = ImportLines['import-media'];

const POLL_MS = 100;
/** A video may take a minute, and others are before it. */
const PREPARED_WITHIN_MS = 600_000;

/** A piece that isn't the next one is not taken, and it is told which is; of what is ready, or was refused before, none is. */
export async function* importMedia(
  dependencies: MediaImporting,
  { person: owner, source, key, bytes, offset, piece, purpose }: OperationRequest<'import-media'>,
  { signal, importing }: { readonly signal: AbortSignal; readonly importing: Importing },
): AsyncIterable<Line> {
  const { uploads, commands } = dependencies;
  const of = { owner, source, key };
  const id = importedMediaOf(of);
  if ((await stateOf(dependencies, id)).status === 'none') {
    if ((await uploads.begin({ media: id, owner, bytes, ...(purpose !== undefined && { purpose }) })) === 'differs')
      return yield { media: id, ...refusedAs({ code: 'media-unknown' }) };
    const arrived = await uploads.find(id);
    const isNext = arrived?.offset === offset && offset < bytes;
    const appended = isNext && (await uploads.append(arrived, Buffer.from(piece, 'base64')));
    if (appended === 'full') throw new ControlFailure('bad-request', 'The pieces are too short: there would be too many of them.');
    const now = (await uploads.find(id))?.offset ?? 0;
    if (now < bytes) return yield { media: id, outcome: 'incomplete', offset: now };
    const ended = await commands.importUpload({ ...of, bytes }, importing);
    if (ended.outcome === 'refused') return yield { media: id, ...refusedAs(ended.refusal) };
  }
  yield lineOf(id, await untilPrepared(dependencies, id, signal));
}

const stateOf = async ({ loadState }: MediaImporting, id: MediaId): Promise<MediaState> => (await loadState(media, mediaStream(id))).state;

/** Throws `ControlFailure` where nobody prepares it. */
async function untilPrepared(dependencies: MediaImporting, id: MediaId, signal: AbortSignal): Promise<MediaState> {
  for (const until = performance.now() + PREPARED_WITHIN_MS; performance.now() < until; await delay(POLL_MS, undefined, { signal })) {
    const state = await stateOf(dependencies, id);
    if (state.status !== 'uploaded') return state;
  }
  throw new ControlFailure('failed', 'A picture was not prepared: is there a process with the role planning?');
}

function lineOf(id: MediaId, state: MediaState): Line {
  switch (state.status) {
    case 'ready':
      return { media: id, outcome: 'ready' };
    case 'refused':
      return { media: id, ...refusedAs({ code: state.fault }) };
    case 'none':
    case 'uploaded':
    case 'leaving':
    case 'removed':
      return { media: id, ...refusedAs({ code: 'media-unknown' }) };
  }
}
