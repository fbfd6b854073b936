/**
 * Previews of links. What is written is published first and asks for nothing; the event opens the work, and a job looks where the first
 * link leads, keeps the page's picture, and records what is to be shown. Whatever goes wrong, there is no preview, and nothing else.
 */
import type { Commands } from '../../commands/commands.ts';
import { CLOCK_SKEW_MAX_MS, type CommandContext, type ContextFor } from '../../commands/handling/command-context.ts';
import { previewPictureIdOf } from '../../commands/handling/deterministic-ids.ts';
import type { LinkPreview } from '../../domain/media/link-preview.ts';
import { media } from '../../domain/media/media.ts';
import type { Recorded } from '../../domain/shared/event.ts';
import type { PersonId } from '../../domain/shared/ids.ts';
import { HOUR_MS, MINUTE_MS, msBetween, plus, type Instant } from '../../domain/shared/instant.ts';
import { mediaStream } from '../../domain/shared/streams.ts';
import type { Job } from '../../ports/job-queue/port.ts';
import type { Pictures } from '../../ports/pictures/port.ts';
import type { TidingsReactor } from '../../projections/read-models/projectors.ts';
import type { DomainReader } from '../dependencies.ts';
import { addJobs, type AddJobsDependencies } from '../jobs/add-jobs.ts';
import { contextForKey } from '../jobs/command-contexts.ts';
import type { Sweep } from '../jobs/sweeper.ts';
import type { StoringDependencies } from '../media/prepare.ts';
import { removeObjects } from '../media/remove.ts';
import type { OpenWork } from '../open-work/open-work.ts';
import type { Progress } from '../open-work/work-progress.ts';
import type { Page } from './fetch-page.ts';
import { firstLinkOf, type Written } from './first-link.ts';
import { storePicture } from './keep-picture.ts';
import type { PageOf } from './pages.ts';

export const PREVIEW_QUEUE = 'link-previews';
/** Each waits for others' servers. */
export const PREVIEW_CONCURRENCY = 8;
/** What is so old needs no preview any more: people have read it. */
export const PREVIEW_AGE_MAX_MS = HOUR_MS;
const OPEN_PREVIEWS = 'link-previews';
/** Longer than a job may take: a page, its picture, and preparing it. */
const STALLED_MS = 5 * MINUTE_MS;
const SWEPT_MAX = 1_000;
const WORKER = 'link-previews';

/** Id: what it is a preview of. The newest text of that is the one at `revision`. */
type OpenPreview = { readonly subject: string; readonly stream: string; readonly revision: number; readonly movedAt: Instant };

export const previewLinks = (dependencies: AddJobsDependencies): TidingsReactor<Written> => ({
  kind: 'reactor',
  name: 'link-previews',
  version: 1,
  handles: ['feed.post-published.v1', 'feed.post-edited.v1', 'chat.message-posted.v1', 'chat.message-edited.v1'],
  after: [],
  // Where previews are new to an old log, none is made of what was written years ago.
  startFrom: 'now',
  indexes: { [OPEN_PREVIEWS]: [{ fields: ['movedAt'] }] },
  openWork: (event, { [OPEN_PREVIEWS]: open }) => {
    if (firstLinkOf(event) === undefined) return;
    const { stream, revision, metadata } = event;
    const subject = subjectOf(event);
    open?.update(subject, event, () => ({ subject, stream, revision, movedAt: metadata.at }));
  },
  react: async (event) => {
    if (firstLinkOf(event) === undefined) return;
    await addJobs(dependencies, PREVIEW_QUEUE, [jobOf(subjectOf(event), event)]);
  },
});

/** A post or a message, whichever text it has. */
function subjectOf(event: Recorded<Written>): string {
  switch (event.type) {
    case 'feed.post-published.v1':
    case 'feed.post-edited.v1':
      return event.stream;
    case 'chat.message-posted.v1':
      return `${event.stream}:${event.revision}`;
    case 'chat.message-edited.v1':
      return `${event.stream}:${event.data.message}`;
  }
}

const jobOf = (subject: string, { stream, revision }: Pick<OpenPreview, 'stream' | 'revision'>): Job => ({
  id: `${subject}@${revision}`,
  data: { subject, stream, revision },
});

export type PreviewingDependencies = StoringDependencies & {
  readonly pageOf: PageOf;
  readonly pictures: Pictures;
  readonly reader: Pick<DomainReader, 'log' | 'codec' | 'loadState'>;
  readonly commands: Pick<Commands, 'keepFetchedPicture' | 'addPostPreview' | 'addMessagePreview'>;
  readonly contextFor: ContextFor;
  readonly progress: Pick<Progress, 'finish'>;
  readonly clock: () => Instant;
};

/** The job. An outage of ours is tried again. */
export const previewLink =
  (dependencies: PreviewingDependencies) =>
  async ({ data }: Pick<Job, 'data'>): Promise<void> => {
    const [subject, stream, revision] = [data['subject'] as string, data['stream'] as string, data['revision'] as number];
    const written = await eventAt(dependencies.reader, stream, revision);
    if (written !== undefined) {
      if (msBetween(written.metadata.at, dependencies.clock()) <= PREVIEW_AGE_MAX_MS) await preview(dependencies, written);
      await removeUnknown(dependencies, written);
    }
    dependencies.progress.finish(OPEN_PREVIEWS, subject, { revision });
  };

/**
 * Of a picture that was stored and never recorded, because a process died in between and the page has none now, or whose author was erased
 * meanwhile, nobody else would ever remove the bytes.
 */
async function removeUnknown(dependencies: PreviewingDependencies, written: Recorded<Written>): Promise<void> {
  const picture = previewPictureIdOf(written);
  const { status } = (await dependencies.reader.loadState(media, mediaStream(picture))).state;
  if (status === 'none' || status === 'removed') await removeObjects(dependencies, picture);
}

async function eventAt({ log, codec }: PreviewingDependencies['reader'], stream: string, revision: number): Promise<Recorded<Written> | undefined> {
  for await (const stored of log.readStream(stream, { from: revision, limit: 1 })) return (await codec.decode(stored)) as Recorded<Written>;
  return undefined;
}

async function preview(dependencies: PreviewingDependencies, written: Recorded<Written>): Promise<void> {
  const url = firstLinkOf(written);
  if (url === undefined) return; // it was erased meanwhile
  const author = authorOf(written);
  const page = await dependencies.pageOf(url, author);
  if (page === undefined) return;
  const { image: _bytes, ...text } = page;
  const image = await keepImage(dependencies, { written, author, page });
  await add(dependencies, written, { url, ...text, ...(image !== undefined && { image }) });
}

const authorOf = ({ data }: Written): PersonId => ('author' in data ? data.author : data.sender);

/** As media of the author: it is erased with them, and removed when nothing shows it. Nobody but the one preview refers to it. */
async function keepImage(
  dependencies: PreviewingDependencies,
  { written, author, page }: { readonly written: Recorded<Written>; readonly author: PersonId; readonly page: Page },
) {
  if (page.image === undefined) return undefined;
  const image = await storePicture(dependencies, previewPictureIdOf(written), page.image);
  if (image === undefined) return undefined;
  const { media: id, alt: _none, ...facts } = image;
  const kept = await dependencies.commands.keepFetchedPicture({ media: id, owner: author, facts }, contextOf(dependencies, written, 'keep-fetched-picture'));
  return kept.outcome === 'refused' ? undefined : image;
}

function add(dependencies: PreviewingDependencies, written: Recorded<Written>, found: LinkPreview) {
  const { commands } = dependencies;
  const context = contextOf(dependencies, written, 'add-preview');
  const of = written.revision;
  switch (written.type) {
    case 'feed.post-published.v1':
    case 'feed.post-edited.v1':
      return commands.addPostPreview({ post: written.data.post, of, preview: found }, context);
    case 'chat.message-posted.v1':
      return commands.addMessagePreview({ channel: written.data.channel, message: of, of, preview: found }, context);
    case 'chat.message-edited.v1':
      return commands.addMessagePreview({ channel: written.data.channel, message: written.data.message, of, preview: found }, context);
  }
}

/** However often it is done, and whatever the page says then: the first one holds. None is older than the words. */
const contextOf = ({ contextFor, clock }: PreviewingDependencies, { stream, revision, metadata }: Recorded, type: string): CommandContext => ({
  ...contextForKey(`${stream}@${revision}`, { contextFor, worker: WORKER, type, body: { stream, revision }, at: clock() }),
  since: plus(metadata.at, -CLOCK_SKEW_MAX_MS),
});

/** Adds the jobs that were lost. */
export const sweepPreviews = (dependencies: AddJobsDependencies & { readonly openWork: OpenWork; readonly clock: () => Instant }): Sweep => ({
  name: 'link-previews',
  everyMs: STALLED_MS / 2,
  sweep: async () => {
    const until = plus(dependencies.clock(), -STALLED_MS);
    const stalled = await dependencies.openWork.longestWaiting<OpenPreview>(OPEN_PREVIEWS, { field: 'movedAt', until, limit: SWEPT_MAX });
    await addJobs(
      dependencies,
      PREVIEW_QUEUE,
      stalled.map((open) => jobOf(open.subject, open)),
    );
    return stalled.length;
  },
});
