/** `tidings import mastodon`: the posts of an archive, at the time at which they were published there. */
import type { PersonId } from '../../domain/shared/ids.ts';
import { instant } from '../../domain/shared/instant.ts';
import type { OperationRequest } from '../../app/control/protocol.ts';
import type { CliContext } from '../context.ts';
import type { ControlClient } from '../control-client.ts';
import { inChunks } from './chunks.ts';
import { createReport, type Report } from './report.ts';
import { personAs } from './person-as.ts';
import { openArchive, type Archive } from './mastodon/archive.ts';
import { sendMedia } from './mastodon/import-media.ts';
import { jsonItems, ListFault } from './json-items.ts';
import { postIdsIn, postsInOrder, type PostInOrder } from './mastodon/posts-in-order.ts';
import { CliFailure, EXIT } from '../failure.ts';

const SOURCE = 'mastodon';

export type ImportOptions = { readonly dryRun?: boolean; readonly json?: boolean };
export type MastodonOptions = ImportOptions & { readonly as: string; readonly pictures: boolean };
type PostToImport = OperationRequest<'import-posts'>['posts'][number];
type Importing = {
  readonly client: ControlClient;
  readonly archive: Archive;
  readonly person: PersonId;
  readonly source: typeof SOURCE;
  readonly report: Report;
  readonly dryRun: boolean;
  readonly pictures: boolean;
};

export async function importMastodon(context: CliContext, file: string, options: MastodonOptions): Promise<void> {
  const { as, dryRun = false, json = false, pictures } = options;
  await using archive = await openArchive(file);
  const now = instant(Date.now());
  const { ids, hasMedia } = await postIdsIn(itemsOf(archive.outbox(), file), now);
  // Pictures are prepared by workers, and there are none where a folder is only opened.
  await using client = await context.connect(hasMedia && pictures && !dryRun ? 'running-process' : 'folder');
  const report = createReport(context.terminal, { json, dryRun });
  const importing: Importing = { client, archive, person: await personAs(client, as), source: SOURCE, report, dryRun, pictures };
  for await (const chunk of inChunks(postsToImport(importing, postsInOrder(itemsOf(archive.outbox(), file), { ids, now })))) {
    await importChunk(importing, chunk);
    context.terminal.progress(`${report.count()}, ${ids.size} posts in all`);
  }
  await report.end();
}

async function importChunk({ client, person, source, dryRun, report }: Importing, posts: readonly PostToImport[]): Promise<void> {
  for await (const { key, ...outcome } of client.call('import-posts', { person, source, dryRun, posts: [...posts] })) await report.done(key, outcome);
}

async function* postsToImport(importing: Importing, read: ReturnType<typeof postsInOrder>): AsyncGenerator<PostToImport, void> {
  const { report } = importing;
  for await (const one of read) {
    const post = 'post' in one ? await toImport(importing, one.post) : undefined;
    if ('leftOut' in one) await report.leaveOut(one.id ?? '-', one.leftOut);
    else if (post !== undefined) yield post;
  }
}

/** Undefined: nothing of it can be imported, which is reported. */
async function toImport(importing: Importing, post: PostInOrder): Promise<PostToImport | undefined> {
  const { report } = importing;
  const { id, at, text, visibility, replyTo, isReplyToOther } = post;
  if (isReplyToOther) await report.without(id, 'replied-to');
  const base = { key: id, at, text, visibility, ...(replyTo !== undefined && { replyTo }) };
  if (post.media.length === 0 || importing.dryRun || (await isImported(importing, base))) return base;
  if (!importing.pictures) await report.without(id, 'no-pictures');
  const media = importing.pictures ? await sendMedia(importing, id, post.media) : [];
  if (media.length > 0) return { ...base, media };
  if (text !== '') return base;
  await report.leaveOut(id, 'pictures-only');
  return undefined;
}

/** Then its pictures aren't sent again: they may have been removed with it since. */
async function isImported({ client, person, source }: Importing, post: PostToImport): Promise<boolean> {
  for await (const { outcome } of client.call('import-posts', { person, source, dryRun: true, posts: [post] })) if (outcome === 'unchanged') return true;
  return false;
}

async function* itemsOf(outbox: AsyncIterable<Uint8Array>, file: string): AsyncGenerator<unknown, void> {
  try {
    yield* jsonItems(outbox, { field: 'orderedItems' });
  } catch (error) {
    if (error instanceof ListFault) throw new CliFailure(EXIT.usage, `The outbox.json of ${file} can’t be read. ${error.message}`, { cause: error });
    throw error;
  }
}
