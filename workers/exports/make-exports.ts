/**
 * Makes exports, part by part. A job makes one part, stores it, and records it, with where the next one begins; the record adds the job
 * for that. So a worker may be cut off anywhere: a part that was not recorded is made again, under a key of its own, and whatever else
 * was stored goes with the export. What a person may read is asked of the log for each part.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Commands } from '../../commands/commands.ts';
import { partKeyOf } from '../../commands/exports/export-places.ts';
import { loadExport, loadRequested, type RequestedExport } from '../../commands/exports/open-archive.ts';
import type { CommandContext, ContextFor } from '../../commands/handling/command-context.ts';
import type { LoadState } from '../../commands/handling/handle.ts';
import type { StreamReader } from '../../commands/handling/load-stream.ts';
import { channel } from '../../domain/chat/channel.ts';
import { readsFrom } from '../../domain/chat/channel-state.ts';
import type { ExportCounts, ExportEvent } from '../../domain/exports/events.ts';
import { endOfExport, EXPORT_PARTS_MAX, exportOf, type ExportState } from '../../domain/exports/export.ts';
import { layoutOf } from '../../domain/exports/layout.ts';
import { exportPlaceOf } from '../../domain/exports/place.ts';
import { hasBlocked, relationships } from '../../domain/people/relationships.ts';
import type { ExportId, PersonId } from '../../domain/shared/ids.ts';
import { SECOND_MS, type Instant } from '../../domain/shared/instant.ts';
import { channelStream, exportStream, relationshipsStream } from '../../domain/shared/streams.ts';
import type { Position } from '../../ports/event-log/port.ts';
import type { Job } from '../../ports/job-queue/port.ts';
import { newIv } from '../../ports/media/encrypted-objects.ts';
import type { MediaStore } from '../../ports/media/port.ts';
import type { ProjectorName, TidingsReactor } from '../../projections/read-models/projectors.ts';
import type { WaitForViews } from '../../projections/view-access/wait-for-views.ts';
import { addJobs, type AddJobsDependencies } from '../jobs/add-jobs.ts';
import { freshContext } from '../jobs/command-contexts.ts';
import { PREPARING_FOLDER } from '../media/left-behind.ts';
import { channelSections, type SectionViews } from './channel-sections.ts';
import { gatherPart, lastPart, type GatheredPart } from './gather-part.ts';
import { personSections } from './person-sections.ts';
import type { Section } from './rows.ts';
import { writePart } from './write-part.ts';

export const MAKE_EXPORT_QUEUE = 'make-export';
/** Of a process: an export is never urgent, and everybody's share one after the other. */
export const MAKE_EXPORT_CONCURRENCY = 1;
const WORKER = 'make-exports';
/** How long a part waits for the views to know what was so when the export was asked for; it is tried again. */
const VIEWS_DEADLINE_MS = 10 * SECOND_MS;
const READ: readonly ProjectorName[] = [
  'profile',
  'contacts',
  'preferences',
  'relationships',
  'friends',
  'posts',
  'scheduled-posts',
  'bookmarks',
  'channels',
  'messages',
  'inbox',
  'invitations',
  'scheduled-messages',
  'notifications',
  'centre',
  'moderation',
];

type Made = Extract<ExportEvent, { type: 'exports.requested.v1' | 'exports.part-made.v1' }>;

export const makeExports = (dependencies: AddJobsDependencies): TidingsReactor<Made> => ({
  kind: 'reactor',
  name: 'make-exports',
  version: 1,
  handles: ['exports.requested.v1', 'exports.part-made.v1'],
  after: [],
  react: async ({ data }) => {
    const made = 'part' in data ? data.part + 1 : 0;
    await addJobs(dependencies, MAKE_EXPORT_QUEUE, [exportJobOf({ export: data.export, parts: made })]);
  },
});

/** Named by the part, so that none is in the queue twice. */
export const exportJobOf = ({ export: id, parts }: { readonly export: ExportId; readonly parts: number }): Job => ({
  id: `${id}:${parts}`,
  data: { export: id },
});

export type MakingDependencies = {
  readonly reader: StreamReader & { readonly loadState: LoadState };
  readonly views: SectionViews;
  readonly waitForViews: WaitForViews<ProjectorName>;
  readonly store: Pick<MediaStore, 'put' | 'read'>;
  /** Keys the names of what is stored. */
  readonly secret: Uint8Array;
  readonly commands: Pick<Commands, 'recordExportPart' | 'finishExport' | 'endExport' | 'listSessions'>;
  readonly contextFor: ContextFor;
  readonly clock: () => Instant;
};

type Making = Extract<ExportState, { status: 'making' }>;

/** The job of one part. Done twice, one of the two is recorded. */
export const makeExportPart =
  (dependencies: MakingDependencies) =>
  async ({ data }: Pick<Job, 'data'>): Promise<void> => {
    const id = data['export'] as ExportId;
    const { reader, commands } = dependencies;
    const { state } = await reader.loadState(exportOf, exportStream(id));
    if (state.status !== 'making') return;
    const requested = await loadRequested(reader, id);
    const end = (reason: 'unreadable' | 'person-erased' | 'expired', when: { readonly requestedAt?: Instant } = {}) =>
      commands.endExport({ export: id, reason, ...when }, contextOf(dependencies, 'end-export', { id, reason }));
    if (requested === undefined) return void (await end('person-erased'));
    // What can't be made is not tried for ever.
    if (endOfExport(requested.at) <= dependencies.clock()) return void (await end('expired', { requestedAt: requested.at }));
    if (state.next === null) return finish(dependencies, id, requested);
    const from = await readableFrom(dependencies, requested);
    if (from === undefined) return void (await end('unreadable'));
    await makePart(dependencies, { id, state, requested, from, sections: await sectionsOf(dependencies, requested, from) });
  };

async function finish(dependencies: MakingDependencies, id: ExportId, { at: requestedAt }: RequestedExport): Promise<void> {
  const { bytes } = layoutOf((await loadExport(dependencies.reader, id))?.parts ?? []);
  await dependencies.commands.finishExport({ export: id, bytes, requestedAt }, contextOf(dependencies, 'finish-export', { id, bytes }));
}

/** The first seq of the channel that its owner may read, by the log; undefined where its owner may not read it. */
const readableFrom = async ({ reader }: Pick<MakingDependencies, 'reader'>, { owner, subject }: RequestedExport): Promise<number | undefined> =>
  subject.kind === 'person' ? 0 : readsFrom((await reader.loadState(channel, channelStream(subject.channel))).state, owner);

async function sectionsOf(
  { reader, views, waitForViews, commands, clock }: MakingDependencies,
  { owner, subject, at, position }: RequestedExport,
  from: number,
): Promise<readonly Section[]> {
  // Who was erased before is gone from the views by then; who is erased later ends the export.
  if (!(await waitForViews(READ, position as Position, { deadlineMs: VIEWS_DEADLINE_MS }))) throw new Error('The views lag behind the request of an export.');
  const endsAt = endOfExport(at);
  if (subject.kind === 'person') return personSections({ views, commands }, { person: owner, now: clock(), endsAt });
  const blocksOwner = async (person: PersonId) => hasBlocked((await reader.loadState(relationships, relationshipsStream(person))).state, owner);
  return channelSections(views, { channel: subject.channel, from, endsAt, blocksOwner });
}

type PartToMake = {
  readonly id: ExportId;
  readonly state: Making;
  readonly requested: RequestedExport;
  readonly from: number;
  readonly sections: readonly Section[];
};

async function makePart(dependencies: MakingDependencies, { id, state, requested, from, sections }: PartToMake): Promise<void> {
  const { store, secret, commands, reader } = dependencies;
  const loadEntries = async () => ((await loadExport(reader, id))?.parts ?? []).flatMap(({ entries }) => entries);
  const isFull = state.parts === EXPORT_PARTS_MAX - 1;
  const gathered = isFull ? lastPart(sections, await loadEntries()) : await gatherPart(sections, state.next ?? undefined, loadEntries);
  const folder = await mkdtemp(join(tmpdir(), PREPARING_FOLDER));
  try {
    const iv = newIv();
    const { media, texts } = gathered;
    const written = await writePart(store, { folder, media, texts, secret: { secret: requested.secret, iv } });
    const { file, bytes, entries } = written;
    const object = partKeyOf(secret, { id, part: state.parts, iv });
    await store.put(exportPlaceOf(object), { file, bytes });
    // Asked again behind all that was read: a member who was removed meanwhile takes nothing along.
    const still = await readableFrom(dependencies, requested);
    if (still === undefined) return void (await commands.endExport({ export: id, reason: 'unreadable' }, contextOf(dependencies, 'end-export', { id })));
    if (still !== from) throw new Error('The owner of an export has left the channel and come again: the part is made anew.');
    const part = { part: state.parts, object, bytes, iv, entries };
    const { next, percent } = gathered;
    const counts = countsOf(state.counts, gathered, entries.length);
    await commands.recordExportPart({ export: id, part, counts, percent, next }, contextOf(dependencies, 'record-export-part', { id, part: part.part }));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function countsOf(before: ExportCounts, { rows, counted, leftOut, media, pages }: GatheredPart, entries: number): ExportCounts {
  const written = entries - pages;
  return {
    ...before,
    ...(counted !== undefined && { [counted]: before[counted] + rows }),
    media: before.media + written,
    leftOut: before.leftOut + leftOut + media.length - written,
  };
}

const contextOf = ({ contextFor, clock }: MakingDependencies, type: string, body: object): CommandContext =>
  freshContext({ contextFor, worker: WORKER, type, body, at: clock() });
