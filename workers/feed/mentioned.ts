/**
 * Notifies people whom a post mentions, each once a post, however often it is edited. Whether they may read it, and don't mute its author,
 * is asked of the log before anything is requested, for even a number of notifications would tell of the post; and again when it is sent.
 */
import { loadPost } from '../../commands/feed/post-target.ts';
import type { ContextFor } from '../../commands/handling/command-context.ts';
import type { Commands } from '../../commands/commands.ts';
import type { PostEvent } from '../../domain/feed/events.ts';
import { refusalIfHidden } from '../../domain/feed/post.ts';
import { MENTION_CATEGORY } from '../../domain/notifications/categories/our-categories.ts';
import { hasMuted, relationships } from '../../domain/people/relationships.ts';
import { isErased } from '../../domain/shared/event.ts';
import type { PersonId, PostId } from '../../domain/shared/ids.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import { relationshipsStream } from '../../domain/shared/streams.ts';
import type { TidingsReactor } from '../../projections/read-models/projectors.ts';
import type { DomainReader } from '../dependencies.ts';
import { contextForKey } from '../jobs/command-contexts.ts';

type Written = Extract<PostEvent, { type: 'feed.post-published.v1' | 'feed.post-edited.v1' }>;

type MentionedDependencies = {
  readonly reader: Pick<DomainReader, 'log' | 'codec' | 'loadState'>;
  readonly commands: Pick<Commands, 'requestNotification'>;
  readonly contextFor: ContextFor;
  readonly clock: () => Instant;
};

export const notifyMentioned = (dependencies: MentionedDependencies): TidingsReactor<Written> => ({
  kind: 'reactor',
  name: 'mentioned',
  version: 1,
  handles: ['feed.post-published.v1', 'feed.post-edited.v1'],
  // What is sent names the author as the view of profiles does.
  after: ['profile'],
  // Where this reactor is new to an old log, nobody is notified of posts of years ago.
  startFrom: 'now',
  react: async ({ data }) => {
    const { post, author } = data;
    await Promise.all(mentionedIn(data).map((person) => notify(dependencies, { post, author, person })));
  },
});

/** Nobody is told of their own post, and of what was imported. */
function mentionedIn(data: Written['data']): readonly PersonId[] {
  const { entities, author } = data;
  if (entities === undefined || isErased(entities) || ('imported' in data && data.imported === true)) return [];
  return [...new Set((entities.mentions ?? []).map(({ person }) => person))].filter((person) => person !== author);
}

type Mention = { readonly post: PostId; readonly author: PersonId; readonly person: PersonId };

async function notify({ reader, commands, contextFor, clock }: MentionedDependencies, { post, author, person }: Mention): Promise<void> {
  if (!(await isTold(reader, { post, author, person }))) return;
  await commands.requestNotification(
    {
      source: { kind: 'feed', post, as: 'mention' },
      recipients: [person],
      author,
      category: MENTION_CATEGORY,
      channels: ['push', 'in-app'],
      priority: 'normal',
    },
    contextForKey(`${post}\n${person}`, { contextFor, worker: 'mentioned', type: 'request-notification', body: { post, person }, at: clock() }),
  );
}

async function isTold(reader: MentionedDependencies['reader'], { post, author, person }: Mention): Promise<boolean> {
  const [loaded, { state }] = await Promise.all([loadPost(reader, post, person), reader.loadState(relationships, relationshipsStream(person))]);
  return loaded !== undefined && refusalIfHidden(loaded.target, person) === undefined && !hasMuted(state, author);
}
