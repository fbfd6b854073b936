/**
 * Prepares what people have uploaded: reads the pieces together, has pictures and videos made of them, stores these, and says so. The
 * event only opens the work; a job does it, as often as it takes, and what it stores is named by its bytes, so that doing it twice
 * stores nothing twice. Of what came, nothing is left.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Commands } from '../../commands/commands.ts';
import type { CommandContext, ContextFor } from '../../commands/handling/command-context.ts';
import type { LoadState } from '../../commands/handling/handle.ts';
import { objectKeyOf } from '../../commands/media/object-keys.ts';
import type { Uploads } from '../../commands/media/uploads.ts';
import type { MediaEvent } from '../../domain/media/events.ts';
import { media } from '../../domain/media/media.ts';
import type { MediaFacts, MediaVariant } from '../../domain/media/media-facts.ts';
import { placeOf } from '../../domain/media/object-place.ts';
import type { MediaId } from '../../domain/shared/ids.ts';
import { MINUTE_MS, plus, type Instant } from '../../domain/shared/instant.ts';
import { mediaStream } from '../../domain/shared/streams.ts';
import type { Job } from '../../ports/job-queue/port.ts';
import { MediaUnavailable, type MediaStore } from '../../ports/media/port.ts';
import type { Pictures, PreparedVariant } from '../../ports/pictures/port.ts';
import type { TidingsReactor } from '../../projections/read-models/projectors.ts';
import { addJobs, type AddJobsDependencies } from '../jobs/add-jobs.ts';
import { freshContext } from '../jobs/command-contexts.ts';
import type { Sweep } from '../jobs/sweeper.ts';
import type { OpenWork } from '../open-work/open-work.ts';
import type { Progress } from '../open-work/work-progress.ts';
import { PREPARING_FOLDER, removeLeftBehind } from './left-behind.ts';
import { removeObjects } from './remove.ts';

export const PREPARE_MEDIA_QUEUE = 'prepare-media';
const OPEN_PREPARATIONS = 'media-preparations';
/** Longer than preparing may take, with a store that is slow. */
const STALLED_MS = 5 * MINUTE_MS;
const SWEPT_MAX = 1_000;
const WORKER = 'prepare-media';

/** Id: the media. */
type OpenPreparation = { readonly media: MediaId; readonly movedAt: Instant };

type Uploaded = Extract<MediaEvent, { type: 'media.uploaded.v1' }>;

export const prepareMedia = (dependencies: AddJobsDependencies): TidingsReactor<Uploaded> => ({
  kind: 'reactor',
  name: 'prepare-media',
  version: 1,
  handles: ['media.uploaded.v1'],
  after: [],
  indexes: { [OPEN_PREPARATIONS]: [{ fields: ['movedAt'] }] },
  openWork: (event, { [OPEN_PREPARATIONS]: open }) => {
    open?.update(event.data.media, event, () => ({ media: event.data.media, movedAt: event.metadata.at }));
  },
  react: async (event) => void (await addJobs(dependencies, PREPARE_MEDIA_QUEUE, [jobOf(event.data)])),
});

export type PreparingDependencies = {
  readonly store: MediaStore;
  /** Keys the names of what is stored. */
  readonly secret: Uint8Array;
  readonly uploads: Uploads;
  readonly pictures: Pictures;
  readonly loadState: LoadState;
  readonly commands: Pick<Commands, 'makeMediaReady' | 'refuseMedia'>;
  readonly contextFor: ContextFor;
  readonly progress: Pick<Progress, 'finish'>;
  readonly clock: () => Instant;
};

/** The job. An outage is tried again; whatever else a file does to it is said of the file. */
export const prepareUpload = (dependencies: PreparingDependencies) => {
  let cleared: Promise<void> | undefined;
  return async ({ data }: Pick<Job, 'data'>): Promise<void> => {
    await (cleared ??= removeLeftBehind());
    const id = data['media'] as MediaId;
    const statusOf = async () => (await dependencies.loadState(media, mediaStream(id))).state.status;
    if ((await statusOf()) === 'uploaded') await prepareInFolder(dependencies, id);
    // Its owner was erased meanwhile: who removed it may have looked before all of this was stored, by this attempt or by one that was cut off.
    if ((await statusOf()) === 'removed') await removeObjects(dependencies, id);
    await dependencies.uploads.discard(id);
    dependencies.progress.finish(OPEN_PREPARATIONS, id);
  };
};

async function prepareInFolder(dependencies: PreparingDependencies, id: MediaId): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), PREPARING_FOLDER));
  try {
    const upload = await dependencies.uploads.find(id);
    // Whoever took it stored it elsewhere, or the store has lost some of it: nothing can be said of the file.
    if (upload === undefined || upload.offset < upload.bytes) throw new MediaUnavailable('The store lacks bytes of an upload that has ended.');
    const source = join(folder, 'source');
    await dependencies.uploads.readInto(source, id);
    const { purpose } = upload;
    const prepared = await dependencies.pictures.prepare({ source, folder, ...(purpose !== undefined && { purpose }) });
    if (prepared.outcome === 'refused') {
      const { fault } = prepared;
      return orThrow(await dependencies.commands.refuseMedia({ media: id, fault }, contextOf(dependencies, 'refuse-media', { id, fault })));
    }
    const { kind, blurHash, durationMs } = prepared;
    const variants = await Promise.all(prepared.variants.map((variant) => storeVariant(dependencies, id, variant)));
    const facts: MediaFacts = { kind, variants, ...(blurHash !== undefined && { blurHash }), ...(durationMs !== undefined && { durationMs }) };
    orThrow(await dependencies.commands.makeMediaReady({ media: id, facts }, contextOf(dependencies, 'make-media-ready', { id, facts })));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export type StoringDependencies = Pick<PreparingDependencies, 'store' | 'secret'>;

export async function storeVariant(
  { store, secret }: StoringDependencies,
  id: MediaId,
  { name, file, type, width, height }: PreparedVariant,
): Promise<MediaVariant> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  const object = objectKeyOf(secret, { media: id, digest: hash.digest('base64url') });
  const { size: bytes } = await stat(file);
  await store.put(placeOf(object), { file, bytes });
  return { name, object, type, bytes, ...(width !== undefined && height !== undefined && { width, height }) };
}

const contextOf = ({ contextFor, clock }: PreparingDependencies, type: string, body: object): CommandContext =>
  freshContext({ contextFor, worker: WORKER, type, body, at: clock() });

function orThrow(handled: { readonly outcome: string; readonly refusal?: { readonly code: string } }): void {
  if (handled.outcome === 'refused') throw new Error(`The media can't be recorded: ${handled.refusal?.code ?? 'no code'}.`);
}

/** Adds the jobs of preparations that were lost. */
export const sweepPreparations = (dependencies: AddJobsDependencies & { readonly openWork: OpenWork; readonly clock: () => Instant }): Sweep => ({
  name: 'media-preparations',
  everyMs: STALLED_MS / 2,
  sweep: async () => {
    const until = plus(dependencies.clock(), -STALLED_MS);
    const stalled = await dependencies.openWork.longestWaiting<OpenPreparation>(OPEN_PREPARATIONS, { field: 'movedAt', until, limit: SWEPT_MAX });
    await addJobs(dependencies, PREPARE_MEDIA_QUEUE, stalled.map(jobOf));
    return stalled.length;
  },
});

const jobOf = ({ media: id }: { readonly media: MediaId }): Job => ({ id, data: { media: id } });
