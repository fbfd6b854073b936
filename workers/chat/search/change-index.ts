/** Brings changed messages into the index: their postings, the times of their blocks, and what is kept of them. */
import { blockId, blockOf, withEntry, withoutEntry } from '../../../projections/read-models/chat/postings.ts';
import type { PostingDocument, SearchedBlockDocument, SearchedMessageDocument } from '../../../projections/read-models/chat/search.ts';
import type { TermKeys } from '../../../projections/read-models/chat/term-keys.ts';
import { messageId } from '../../../projections/read-models/chat/messages.ts';
import type { TidingsDocuments } from '../../../projections/read-models/projectors.ts';
import { QUERY_LIST_MAX, type Document, type DocumentWrite, type ViewStore } from '../../../ports/views/port.ts';
import { commitsOf, type IndexWriter } from './index-writer.ts';
import { claimOf, postingsOf } from './searched-message.ts';

export type IndexViews = {
  readonly stored: Pick<ViewStore, 'load' | 'find' | 'commit' | 'checkpoint'>;
  /** The name under which the active build keeps a collection. */
  readonly collectionOf: (collection: keyof TidingsDocuments) => string;
};
export type Index = IndexViews & { readonly keys: TermKeys; readonly writer: IndexWriter; readonly commitDocumentsMax?: number | undefined };

export type ChangedMessage = { readonly before: SearchedMessageDocument | undefined; readonly after: SearchedMessageDocument };

/** How often the last commit is made again, where the projector was faster with the document that `progress` writes. */
const CONFLICTS_MAX = 50;

/**
 * `progress`: written with the last of it, and asked again where somebody else has changed that document; undefined where there is nothing
 * to write any more. Interrupted, it can be done again.
 */
export async function changeIndex(
  index: Index,
  changes: readonly ChangedMessage[],
  progress: () => Promise<readonly DocumentWrite[] | undefined>,
): Promise<void> {
  const { writer } = index;
  const messages = changes.map(({ after }) => messagePut(index, after));
  const writes = [...(await postingWrites(index, changes)), ...(await blockWrites(index, changes)), ...messages];
  let last = commitsOf(writes, index.commitDocumentsMax);
  if (last.length > 1) {
    const claims = changes.filter(({ after }) => !after.gone).map(({ before, after }) => messagePut(index, claimOf(before, after)));
    const before = [...commitsOf(claims, index.commitDocumentsMax), ...last.slice(0, -1)];
    for (const commit of before) await writer.commit(commit);
    last = last.slice(-1);
  }
  for (let conflicts = 0; conflicts < CONFLICTS_MAX; conflicts++) {
    const moved = await progress();
    if (moved === undefined) return;
    const commit = [...(last[0] ?? []), ...moved];
    if (commit.length === 0 || (await writer.commit(commit)) === 'committed') return;
  }
}

const messagePut = ({ collectionOf }: Index, message: SearchedMessageDocument): DocumentWrite => ({
  kind: 'put',
  collection: collectionOf('searched-messages'),
  id: messageId(message.channel, message.seq),
  document: message,
  seen: {},
});

type PostingEdit = { readonly seq: number; readonly at: number | null };

/** All that a message should have is put, also where it should be there already: an earlier try may have ended in between. */
async function postingWrites(index: Index, changes: readonly ChangedMessage[]): Promise<readonly DocumentWrite[]> {
  const edits = new Map<string, PostingEdit[]>();
  const edit = (id: string, one: PostingEdit) => void (edits.get(id)?.push(one) ?? edits.set(id, [one]));
  for (const { before, after } of changes) {
    const wanted = new Set(postingsOf(after, index.keys));
    for (const id of wanted) edit(id, { seq: after.seq, at: after.at });
    for (const id of postingsOf(before, index.keys)) if (!wanted.has(id)) edit(id, { seq: after.seq, at: null });
  }
  const loaded = await loadAll<PostingDocument>(index, 'postings', [...edits.keys()]);
  const collection = index.collectionOf('postings');
  return [...edits].flatMap(([id, ones]): readonly DocumentWrite[] => {
    const before = loaded.get(id)?.entries ?? '';
    const entries = ones.reduce((all, { seq, at }) => (at === null ? withoutEntry(all, seq) : withEntry(all, { seq, at })), before);
    if (entries === before) return [];
    return [entries === '' ? { kind: 'remove', collection, id, seen: {} } : { kind: 'put', collection, id, document: { entries }, seen: {} }];
  });
}

async function blockWrites(index: Index, changes: readonly ChangedMessage[]): Promise<readonly DocumentWrite[]> {
  const ofBlock = ({ after }: ChangedMessage) => blockId(after.channel, blockOf(after.seq));
  const loaded = await loadAll<SearchedBlockDocument>(index, 'searched-blocks', [...new Set(changes.map(ofBlock))]);
  const changed = new Map<string, SearchedBlockDocument>();
  for (const one of changes) {
    const id = ofBlock(one);
    const before = changed.get(id) ?? loaded.get(id);
    const after = withMessage(before, one);
    if (after !== undefined && after !== before) changed.set(id, after);
  }
  const collection = index.collectionOf('searched-blocks');
  return [...changed].map(([id, document]): DocumentWrite => ({ kind: 'put', collection, id, document, seen: {} }));
}

function withMessage(block: SearchedBlockDocument | undefined, { before, after }: ChangedMessage): SearchedBlockDocument | undefined {
  const { seq, at } = after;
  if (at === null) return block;
  const { since, cut } = block ?? { since: Infinity, cut: '' };
  const isCut = after.cut && !after.gone;
  const cutNow = isCut ? withEntry(cut, { seq, at }) : before?.cut === true ? withoutEntry(cut, seq) : cut;
  return at < since || cutNow !== cut ? { since: Math.min(at, since), cut: cutNow } : block;
}

/** By id, those that there are. */
export async function loadAll<Doc extends Document>(
  { stored, collectionOf }: IndexViews,
  collection: keyof TidingsDocuments,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Doc>> {
  const found = new Map<string, Doc>();
  for (let at = 0; at < ids.length; at += QUERY_LIST_MAX) {
    for (const { id, document } of await stored.load(collectionOf(collection), ids.slice(at, at + QUERY_LIST_MAX))) {
      if (document !== undefined) found.set(id, document as Doc);
    }
  }
  return found;
}
