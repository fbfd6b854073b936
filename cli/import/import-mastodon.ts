/** `tidings import mastodon`: the posts of an archive, at the time at which they were published there. */
import type { PersonId } from '../../domain/shared/ids.ts';
import { instant } from '../../domain/shared/instant.ts';
import type { OperationRequest } from '../../app/control/protocol.ts';
import type { CliContext } from '../context.ts';
import type { ControlClient } from '../control-client.ts';
import { inChunks } from './chunks.ts';
import { createReport, type Report } from './report.ts';
import { personAs } from './person-as.ts';
import { openArchive } from './mastodon/archive.ts';
import { CollectionFault, orderedItems } from './mastodon/ordered-items.ts';
import { postIdsIn, postsInOrder, type PostInOrder } from './mastodon/posts-in-order.ts';
import { CliFailure, EXIT } from '../failure.ts';

const SOURCE = 'mastodon';

export type ImportOptions = { readonly dryRun?: boolean; readonly json?: boolean };
type PostToImport = OperationRequest<'import-posts'>['posts'][number];

export async function importMastodon(context: CliContext, file: string, { as, dryRun, json }: ImportOptions & { readonly as: string }): Promise<void> {
  const { terminal } = context;
  await using archive = await openArchive(file);
  const now = instant(Date.now());
  const ids = await postIdsIn(itemsOf(archive.outbox(), file), now);
  await using client = await context.connect();
  const person = await personAs(client, as);
  const report = createReport(terminal, { json: json === true, dryRun: dryRun === true });
  const posts = postsToImport(postsInOrder(itemsOf(archive.outbox(), file), { ids, now }), report);
  for await (const chunk of inChunks(posts)) {
    await importChunk(client, { person, posts: chunk, dryRun: dryRun === true }, report);
    terminal.progress(`${report.count()}, ${ids.size} posts in all`);
  }
  await report.end();
}

async function importChunk(
  client: ControlClient,
  { posts, ...request }: { readonly person: PersonId; readonly posts: readonly PostToImport[]; readonly dryRun: boolean },
  report: Report,
): Promise<void> {
  for await (const { key, ...outcome } of client.call('import-posts', { ...request, source: SOURCE, posts: [...posts] })) await report.done(key, outcome);
}

async function* postsToImport(read: ReturnType<typeof postsInOrder>, report: Report): AsyncGenerator<PostToImport, void> {
  for await (const one of read) {
    if ('leftOut' in one) await report.leaveOut(one.id ?? '-', one.leftOut);
    else yield await toImport(one.post, report);
  }
}

async function toImport({ id, at, text, visibility, replyTo, isReplyToOther }: PostInOrder, report: Report): Promise<PostToImport> {
  if (isReplyToOther) await report.without(id, 'replied-to');
  return { key: id, at, text, visibility, ...(replyTo !== undefined && { replyTo }) };
}

async function* itemsOf(outbox: AsyncIterable<Uint8Array>, file: string): AsyncGenerator<unknown, void> {
  try {
    yield* orderedItems(outbox);
  } catch (error) {
    if (error instanceof CollectionFault) throw new CliFailure(EXIT.usage, `The outbox.json of ${file} can’t be read. ${error.message}`, { cause: error });
    throw error;
  }
}
