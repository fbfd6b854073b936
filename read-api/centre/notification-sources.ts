/**
 * What notifications of our own products tell their reader now: made of the message or the post as it is when it is read. One that is
 * withdrawn or deleted, or whose author is erased or across a block, is told no more, nor is a post that the reader may not read, and neither are a post of a muted author and a
 * message of a channel left. A mute concerns the feed: messages of a muted person are told, as they are pushed.
 */
import type { Content, Source } from '../../domain/notifications/request-fields.ts';
import { messageContent, postContent } from '../../domain/notifications/source-content.ts';
import type { ChannelId, PersonId } from '../../domain/shared/ids.ts';
import { messageAsOf, messageId } from '../../projections/read-models/chat/messages.ts';
import { isAcrossBlock } from '../across-blocks.ts';
import type { ReadDependencies } from '../dependencies.ts';
import { hydrate } from '../feed/hydrate.ts';
import { maySee } from '../feed/rules.ts';
import { loadReaderRelations } from '../reader-relations.ts';

export type SourcesDependencies = Pick<ReadDependencies, 'logFacts' | 'waitForViews' | 'clock'> & {
  readonly views: Pick<ReadDependencies['views'], 'getMany'>;
};

export type ProductSource = Exclude<Source, { kind: 'app' | 'account' | 'security' | 'moderation' | 'export' }>;
export const isOfProduct = (source: Source): source is ProductSource => source.kind === 'chat' || source.kind === 'feed';
export type ToldSource = { readonly author: PersonId; readonly content: Content };

/** In the order of the sources; undefined where the reader is told nothing of one any more. */
export async function toldOf(
  dependencies: SourcesDependencies,
  reader: PersonId,
  sources: readonly ProductSource[],
): Promise<readonly (ToldSource | undefined)[]> {
  const texts = await Promise.all([textsOfMessages(dependencies, reader, sources.filter(isChat)), textsOfPosts(dependencies, reader, sources.filter(isFeed))]);
  const found = new Map(texts.flat().map((text) => [text.source, text]));
  const authors = [...new Set(found.values().map(({ author }) => author))];
  const shown = await shownAuthors(dependencies, reader, authors);
  return sources.map((source) => {
    const text = found.get(source);
    const author = text && shown.get(text.author);
    if (text === undefined || author === undefined || (isFeed(source) && author.isMuted)) return undefined;
    return { author: text.author, content: text.contentBy(author.name) };
  });
}

type FoundText = { readonly source: ProductSource; readonly author: PersonId; readonly contentBy: (name: string) => Content };

const isChat = (source: ProductSource) => source.kind === 'chat';
const isFeed = (source: ProductSource) => source.kind === 'feed';

async function textsOfMessages(
  { views, logFacts, clock }: SourcesDependencies,
  reader: PersonId,
  sources: readonly Extract<Source, { kind: 'chat' }>[],
): Promise<readonly FoundText[]> {
  const ids = [...new Set(sources.map(({ channel }) => channel))];
  const [messages, channels, memberships] = await Promise.all([
    views.getMany(
      'messages',
      sources.map(({ channel, seq }) => messageId(channel, seq)),
    ),
    views.getMany('channels', ids),
    Promise.all(ids.map((id) => logFacts.readsFrom(reader, id))),
  ]);
  const groups = new Map(
    channels.flatMap((channel) => (channel !== undefined && channel.kind !== 'direct' ? [[channel.channel, { title: channel.title }] as const] : [])),
  );
  const firsts = new Map<ChannelId, number | undefined>(ids.map((id, i) => [id, memberships[i]]));
  const now = clock();
  const language = await languageOf(views, reader);
  return sources.flatMap((source, i) => {
    const { text = null, sender, media } = (messages[i] && messageAsOf(messages[i], now)) ?? {};
    if (text === null || sender === undefined || source.seq < (firsts.get(source.channel) ?? Infinity)) return [];
    const group = groups.get(source.channel);
    return [
      {
        source,
        author: sender,
        contentBy: (name) => messageContent({ sender: name, ...(group !== undefined && { group }), text, media: media ?? [], language }),
      },
    ];
  });
}

const languageOf = async (views: SourcesDependencies['views'], reader: PersonId): Promise<string | undefined> =>
  (await views.getMany('profiles', [reader]))[0]?.language ?? undefined;

/** By the log: friends may have parted since, and it was for friends. */
async function textsOfPosts(
  dependencies: SourcesDependencies,
  reader: PersonId,
  sources: readonly Extract<Source, { kind: 'feed' }>[],
): Promise<readonly FoundText[]> {
  const ids = [...new Set(sources.map(({ post }) => post))];
  const { posts, ...surroundings } = await hydrate(dependencies, { reader, ids, relationsOf: 'log' });
  const shown = new Map(posts.filter((post) => maySee(reader, post, surroundings)).map((post) => [post.post, post]));
  return sources.flatMap((source) => {
    const author = shown.get(source.post)?.author;
    return author === undefined ? [] : [{ source, author, contentBy: (name) => postContent(name, source.as) }];
  });
}

type ShownAuthor = { readonly name: string; readonly isMuted: boolean };

/** Those that are neither erased nor across a block from the reader. */
async function shownAuthors(
  { views, logFacts }: SourcesDependencies,
  reader: PersonId,
  authors: readonly PersonId[],
): Promise<ReadonlyMap<PersonId, ShownAuthor>> {
  const [profiles, relations, blocks] = await Promise.all([
    views.getMany('profiles', authors),
    loadReaderRelations(views, reader, authors),
    Promise.all(authors.map((person) => isAcrossBlock(logFacts, { reader, person }))),
  ]);
  return new Map(
    authors.flatMap((author, i) => {
      const name = profiles[i]?.name ?? null;
      return name === null || blocks[i] === true ? [] : [[author, { name, isMuted: relations.get(author)?.isMuted === true }] as const];
    }),
  );
}
